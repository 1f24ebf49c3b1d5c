import type { Binding } from '../kernel/port.ts'
import type { PatientId, PracticeId, SubstanceUseNoteId } from '../schema/ids.ts'
import { SealedSubstanceUseNote, type SubstanceUseHeading } from '../schema/notes.ts'
import { entity } from './entity.ts'
import { noteKeysIn } from './noteKeys.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page } from './read.ts'
import { visible, visibleRun } from './visible.ts'

const noteEntity = entity<SealedSubstanceUseNote>({
  name: 'SubstanceUseNote',
  schema: SealedSubstanceUseNote,
  id: ({ noteId }) => noteId,
  patientId: ({ patientId }) => patientId,
  keys: ({ practiceId, patientId, authorId, noteId }) => ({
    ...noteKey(practiceId, patientId, noteId),
    gsi1pk: authoredKey(practiceId, patientId, authorId),
    gsi1sk: noteId,
  }),
})

const noteKey = (practiceId: PracticeId, patientId: PatientId, noteId: SubstanceUseNoteId) => ({
  pk: `SUBSTANCEUSE#${practiceId}#${patientId}`,
  sk: `NOTE#${noteId}`,
})
const authoredKey = (practiceId: PracticeId, patientId: PatientId, authorId: string) =>
  `SUBSTANCEUSE#${practiceId}#${patientId}#${authorId}`

/** Substance-use notes. Which of them the caller may have, the action says; here they lie by patient and by author. */
export const substanceUse = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  const what = { work: 'treatment', parse: noteEntity.parse } as const
  return {
    ...noteKeysIn('SUBSTANCEUSE', binding),

    write(note: Pick<SealedSubstanceUseNote, 'noteId' | 'patientId' | 'authorId' | 'sealed'>) {
      const { sealed, ...heading } = { ...note, practiceId, writtenAt: now, version: 1 }
      return { heading: heading satisfies SubstanceUseHeading, write: noteEntity.create({ ...heading, sealed }) }
    },

    find: (patientId: PatientId, noteId: SubstanceUseNoteId): Promise<SealedSubstanceUseNote | undefined> =>
      visible(
        binding,
        'treatment',
        getItem(noteKey(practiceId, patientId, noteId), binding).then(item => item && noteEntity.parse(item)),
      ),

    /** Newest first: all of a patient's, or those of one author. */
    ofPatient: (
      patientId: PatientId,
      authorId: string | undefined,
      limit: number,
      cursor?: string,
    ): Promise<Page<SealedSubstanceUseNote>> => {
      const place = authorId
        ? { index: 'gsi1' as const, pk: authoredKey(practiceId, patientId, authorId) }
        : { pk: `SUBSTANCEUSE#${practiceId}#${patientId}`, prefix: 'NOTE#' }
      return visibleRun(binding, { ...place, newestFirst: true, limit, cursor }, { ...what, patientId })
    },
  }
}
