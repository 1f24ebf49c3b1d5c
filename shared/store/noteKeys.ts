import type { Binding } from '../kernel/port.ts'
import type { PatientId } from '../schema/ids.ts'
import { NoteKey } from '../schema/notes.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem } from './read.ts'

/** The key of each patient's notes in one space of keys, which is that of the notes: who may not read those cannot reach it. */
export function noteKeysIn(space: 'PSYCHOTHERAPY' | 'SUBSTANCEUSE', binding: Binding) {
  const practiceId = practiceOf(binding)
  const keyOf = (patientId: PatientId) => ({ pk: `${space}#${practiceId}#${patientId}`, sk: 'KEY' })
  const keyEntity = entity<NoteKey>({
    name: 'NoteKey',
    schema: NoteKey,
    id: ({ patientId }) => patientId,
    keys: ({ patientId }) => keyOf(patientId),
    // Sealed too: a copy of it that outlives the patient opens nothing.
    open: ['practiceId', 'patientId', 'version'],
    audited: false,
  })
  return {
    async keyOf(patientId: PatientId): Promise<NoteKey | undefined> {
      const item = await getItem(keyOf(patientId), binding)
      return item && keyEntity.parse(item)
    },

    /** Of two first notes at one moment the second is told to try again: it was sealed under a key that nobody keeps. */
    keepKey: (patientId: PatientId, wrapped: string) =>
      keyEntity.create({ practiceId, patientId, wrapped, createdAt: binding.now, version: 1 }),

    /** Demands that the key is still there: a note sealed under one that was destroyed meanwhile would never open. */
    keyStands: (key: NoteKey) => keyEntity.unchanged(key),
  }
}
