import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { substanceUseRegister } from '../../shared/ports/substanceUse.ts'
import { substanceUseSealer } from '../../shared/ports/substanceUseEnvelopes.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { NoteText, SubstanceUseHeading } from '../../shared/schema/notes.ts'

/** Keeps a note of the treatment of a substance use disorder, sealed under a key of its own class (42 CFR part 2). */
export default defineAction({
  summary: 'Write a substance-use note',
  route: 'POST /patients/{patientId}/substance-use-notes',
  allow: 'substance-use:write',
  params: z.strictObject({ patientId: PatientId }),
  body: NoteText,
  reply: { status: 201, schema: SubstanceUseHeading },
  problems: ['patient-not-found', 'practitioner-not-found'],
  audit: { action: 'C', entity: 'SubstanceUseNote/{noteId}' },
  limit: 'write',
  timeout: 10,
  uses: { patientCheck, substanceUseRegister, substanceUseSealer },

  async handle({
    params: { patientId },
    body,
    actor,
    patientCheck,
    substanceUseRegister,
    substanceUseSealer,
    ...tools
  }) {
    const { newId, commit, fail } = tools
    const { practitionerId: authorId } = actor
    if (!authorId) return fail('practitioner-not-found')
    const noteId = newId('sun')
    const key = await substanceUseRegister.keyOf(patientId)
    const { sealed, wrapped } = await substanceUseSealer.seal(patientId, key?.wrapped, noteId, JSON.stringify(body))
    const { heading, write } = substanceUseRegister.write({ noteId, patientId, authorId, sealed })
    await commit(
      write,
      key ? substanceUseRegister.keyStands(key) : substanceUseRegister.keepKey(patientId, wrapped),
      patientCheck.mustExist(patientId),
    )
    return heading
  },
})
