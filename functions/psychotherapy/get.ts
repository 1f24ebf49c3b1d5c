import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { psychotherapyNotes } from '../../shared/ports/psychotherapy.ts'
import { psychotherapyOpener } from '../../shared/ports/psychotherapyEnvelopes.ts'
import { PatientId, PsychotherapyNoteId } from '../../shared/schema/ids.ts'
import { NoteText, PsychotherapyNote } from '../../shared/schema/notes.ts'

/** Opens a psychotherapy note to its author. A patient has no right to it (45 CFR 164.524(a)(1)(i)), and nobody else has one. */
export default defineAction({
  summary: 'Show an own psychotherapy note',
  route: 'GET /patients/{patientId}/psychotherapy-notes/{noteId}',
  allow: 'psychotherapy:read',
  params: z.strictObject({ patientId: PatientId, noteId: PsychotherapyNoteId }),
  reply: { status: 200, schema: PsychotherapyNote },
  problems: ['note-not-found'],
  audit: { action: 'R', entity: 'PsychotherapyNote/{noteId}' },
  limit: 'read',
  timeout: 10,
  uses: { psychotherapyNotes, psychotherapyOpener },

  async handle({ params: { patientId, noteId }, psychotherapyNotes, psychotherapyOpener, about, fail }) {
    about({ patientId })
    const [note, key] = await Promise.all([
      psychotherapyNotes.find(patientId, noteId),
      psychotherapyNotes.keyOf(patientId),
    ])
    if (!note || !key) return fail('note-not-found')
    const { sealed, ...heading } = note
    const text = await psychotherapyOpener.open(patientId, key.wrapped, noteId, sealed)
    return { ...heading, ...NoteText.parse(JSON.parse(text)) }
  },
})
