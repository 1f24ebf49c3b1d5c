import type { Binding } from '../kernel/port.ts'
import { Erasure, type ErasureStatus } from '../schema/erasures.ts'
import type { ErasureId, PatientId, PracticeId } from '../schema/ids.ts'
import type { LocalDate } from '../schema/time.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page, queryAll, queryItems, type Run } from './read.ts'

const erasureEntity = entity<Erasure>({
  name: 'Erasure',
  schema: Erasure,
  id: ({ erasureId }) => erasureId,
  patientId: ({ patientId }) => patientId,
  keys: ({ practiceId, patientId, erasureId, status, eraseOn }) => ({
    ...erasureKey(practiceId, patientId, erasureId),
    gsi1pk: `ERASURE#${practiceId}#${status}`,
    gsi1sk: erasureId,
    ...((status === 'granted' || status === 'erasing') && eraseOn && { gsi2pk: 'ERASURE#DUE', gsi2sk: eraseOn }),
  }),
})

const erasureKey = (practiceId: PracticeId, patientId: PatientId, erasureId: ErasureId) => ({
  pk: `ERASURE#${practiceId}#${patientId}`,
  sk: erasureId,
})

/** Requests to be erased, and what became of them. */
export const erasures = (binding: Binding) => {
  const { now } = binding
  const list = async (run: Run): Promise<Page<Erasure>> => {
    const page = await queryItems(run, binding)
    return { ...page, items: page.items.map(erasureEntity.parse) }
  }
  return {
    request(erasureId: ErasureId, patientId: PatientId, requestedBy: string) {
      const practiceId = practiceOf(binding)
      const requested: Erasure = {
        erasureId,
        practiceId,
        patientId,
        status: 'requested',
        requestedAt: now,
        requestedBy,
        version: 1,
      }
      return { requested, write: erasureEntity.create(requested) }
    },

    grant: (erasure: Erasure, decision: NonNullable<Erasure['decision']>, eraseOn: LocalDate) =>
      erasureEntity.replace(erasure, { status: 'granted', decision, eraseOn }),

    refuse: (erasure: Erasure, decision: NonNullable<Erasure['decision']>) =>
      erasureEntity.replace(erasure, { status: 'refused', decision }),

    /** Something must be kept for longer than it was when the erasure was granted. */
    putOff: (erasure: Erasure, eraseOn: LocalDate) => erasureEntity.replace(erasure, { eraseOn }),

    /** From here there is no way back. What was written of the decision goes too: it may name the patient. */
    begin: (erasure: Erasure) => erasureEntity.replace(erasure, { status: 'erasing', ...wordless(erasure) }),

    done: (erasure: Erasure) => erasureEntity.replace(erasure, { status: 'erased', erasedAt: now }),

    async find(patientId: PatientId, erasureId: ErasureId): Promise<Erasure | undefined> {
      const item = await getItem(erasureKey(practiceOf(binding), patientId, erasureId), binding)
      return item && erasureEntity.parse(item)
    },

    /** Newest first. */
    ofPatient: (patientId: PatientId, limit: number, cursor?: string) =>
      list({ pk: `ERASURE#${practiceOf(binding)}#${patientId}`, newestFirst: true, limit, cursor }),

    /** Oldest first. */
    inStatus: (status: ErasureStatus, limit: number, cursor?: string) =>
      list({ index: 'gsi1', pk: `ERASURE#${practiceOf(binding)}#${status}`, limit, cursor }),

    /** Those of all practices whose day has come, or that have begun. */
    async due(today: LocalDate): Promise<Erasure[]> {
      return (await queryAll({ index: 'gsi2', pk: 'ERASURE#DUE', to: today }, binding)).map(erasureEntity.parse)
    },
  }
}

const wordless = ({ decision }: Erasure): Pick<Erasure, 'decision'> => {
  if (!decision) return {}
  const { note: _, ...rest } = decision
  return { decision: rest }
}
