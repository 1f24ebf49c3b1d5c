import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { psychotherapyRegister } from '../../shared/ports/psychotherapy.ts'
import { psychotherapySealer } from '../../shared/ports/psychotherapyEnvelopes.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { NoteText, PsychotherapyHeading } from '../../shared/schema/notes.ts'

/** Keeps a therapist's own notes of a session, apart from the record and sealed: nobody but their author ever reads them. */
export default defineAction({
  summary: 'Write a psychotherapy note',
  route: 'POST /patients/{patientId}/psychotherapy-notes',
  allow: 'psychotherapy:write',
  params: z.strictObject({ patientId: PatientId }),
  body: NoteText,
  reply: { status: 201, schema: PsychotherapyHeading },
  problems: ['patient-not-found', 'practitioner-not-found'],
  audit: { action: 'C', entity: 'PsychotherapyNote/{noteId}' },
  limit: 'write',
  timeout: 10,
  uses: { patientCheck, psychotherapyRegister, psychotherapySealer },

  async handle({
    params: { patientId },
    body,
    actor,
    patientCheck,
    psychotherapyRegister,
    psychotherapySealer,
    ...tools
  }) {
    const { newId, commit, fail } = tools
    const { practitionerId: authorId } = actor
    if (!authorId) return fail('practitioner-not-found')
    const noteId = newId('psn')
    const key = await psychotherapyRegister.keyOf(patientId)
    const { sealed, wrapped } = await psychotherapySealer.seal(patientId, key?.wrapped, noteId, JSON.stringify(body))
    const { heading, write } = psychotherapyRegister.write({ noteId, patientId, authorId, sealed })
    await commit(
      write,
      key ? psychotherapyRegister.keyStands(key) : psychotherapyRegister.keepKey(patientId, wrapped),
      patientCheck.mustExist(patientId),
    )
    return heading
  },
})
