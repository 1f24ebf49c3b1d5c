import type { Binding } from '../kernel/port.ts'
import type { PatientId, PracticeId, PractitionerId, PsychotherapyNoteId } from '../schema/ids.ts'
import { type PsychotherapyHeading, SealedPsychotherapyNote } from '../schema/notes.ts'
import { entity } from './entity.ts'
import { noteKeysIn } from './noteKeys.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page } from './read.ts'
import { visible, visibleRun } from './visible.ts'

const noteEntity = entity<SealedPsychotherapyNote>({
  name: 'PsychotherapyNote',
  schema: SealedPsychotherapyNote,
  id: ({ noteId }) => noteId,
  patientId: ({ patientId }) => patientId,
  keys: ({ practiceId, patientId, authorId, noteId }) => noteKey(practiceId, patientId, authorId, noteId),
})

/** Each author's notes lie in a partition of their own: nobody can ask for those of another, nor find out that there are any. */
const noteKey = (practice: PracticeId, patient: PatientId, author: PractitionerId, noteId: PsychotherapyNoteId) => ({
  pk: `PSYCHOTHERAPY#${practice}#${patient}#${author}`,
  sk: `NOTE#${noteId}`,
})

/** The psychotherapy notes that the caller wrote. To anybody else they do not exist (45 CFR 164.508(a)(2)). */
export const psychotherapy = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { actor, now } = binding
  const authorId = actor.type === 'user' ? actor.practitionerId : undefined
  return {
    ...noteKeysIn('PSYCHOTHERAPY', binding),

    write(note: Pick<SealedPsychotherapyNote, 'noteId' | 'patientId' | 'authorId' | 'sealed'>) {
      const { sealed, ...heading } = { ...note, practiceId, writtenAt: now, version: 1 }
      return { heading: heading satisfies PsychotherapyHeading, write: noteEntity.create({ ...heading, sealed }) }
    },

    async find(patientId: PatientId, noteId: PsychotherapyNoteId): Promise<SealedPsychotherapyNote | undefined> {
      if (!authorId) return undefined
      const reading = getItem(noteKey(practiceId, patientId, authorId, noteId), binding)
      return visible(
        binding,
        'treatment',
        reading.then(item => item && noteEntity.parse(item)),
      )
    },

    /** Newest first. */
    async ofPatient(patientId: PatientId, limit: number, cursor?: string): Promise<Page<SealedPsychotherapyNote>> {
      if (!authorId) return { items: [] }
      const pk = `PSYCHOTHERAPY#${practiceId}#${patientId}#${authorId}`
      const run = { pk, newestFirst: true, limit, cursor }
      return visibleRun(binding, run, { work: 'treatment', parse: noteEntity.parse, patientId })
    },
  }
}
