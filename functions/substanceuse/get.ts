import * as z from 'zod'
import { seesAll } from '../../shared/domain/substanceUse.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { consentReading } from '../../shared/ports/consents.ts'
import { substanceUseNotes } from '../../shared/ports/substanceUse.ts'
import { substanceUseOpener } from '../../shared/ports/substanceUseEnvelopes.ts'
import { PatientId, SubstanceUseNoteId } from '../../shared/schema/ids.ts'
import { NoteText, SubstanceUseNote } from '../../shared/schema/notes.ts'

/**
 * Opens a substance-use note: to the patient and to its author, to other practitioners while the patient consents to it, and under
 * broken glass. To everybody else there is no such note.
 */
export default defineAction({
  summary: 'Show a substance-use note',
  route: 'GET /patients/{patientId}/substance-use-notes/{noteId}',
  allow: 'substance-use:read',
  params: z.strictObject({ patientId: PatientId, noteId: SubstanceUseNoteId }),
  reply: { status: 200, schema: SubstanceUseNote },
  problems: ['note-not-found'],
  audit: { action: 'R', entity: 'SubstanceUseNote/{noteId}' },
  limit: 'read',
  timeout: 10,
  uses: { consentReading, substanceUseNotes, substanceUseOpener },

  async handle({ params: { patientId, noteId }, actor, consentReading, substanceUseNotes, ...more }) {
    const { substanceUseOpener, now, about, fail } = more
    about({ patientId })
    const [note, key, consent, policy] = await Promise.all([
      substanceUseNotes.find(patientId, noteId),
      substanceUseNotes.keyOf(patientId),
      consentReading.find(patientId, 'part2-disclosure'),
      consentReading.policy(),
    ])
    if (!note || !key) return fail('note-not-found')
    const isAuthor = actor.practitionerId === note.authorId
    if (!isAuthor && !seesAll(actor, patientId, { consent, policy, now })) return fail('note-not-found')
    const { sealed, ...heading } = note
    const text = await substanceUseOpener.open(patientId, key.wrapped, noteId, sealed)
    return { ...heading, ...NoteText.parse(JSON.parse(text)) }
  },
})
