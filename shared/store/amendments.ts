import type { Binding } from '../kernel/port.ts'
import { Amendment } from '../schema/amendments.ts'
import type { AmendmentId, PatientId, PracticeId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem } from './read.ts'
import { visible, visibleRun } from './visible.ts'

const amendmentEntity = entity<Amendment>({
  name: 'Amendment',
  schema: Amendment,
  id: ({ amendmentId }) => amendmentId,
  patientId: ({ patientId }) => patientId,
  keys: ({ practiceId, patientId, amendmentId, status, dueAt }) => ({
    ...amendmentKey(practiceId, patientId, amendmentId),
    gsi1pk: `AMENDMENT#${practiceId}#${status}`,
    gsi1sk: dueAt,
  }),
  open: ['amendmentId', 'practiceId', 'patientId', 'status', 'requestedAt', 'dueAt', 'version'],
})

const amendmentKey = (practiceId: PracticeId, patientId: PatientId, amendmentId: AmendmentId) => ({
  pk: `AMENDMENT#${practiceId}#${patientId}`,
  sk: amendmentId,
})

/** Requests of patients that their record be amended, each with its place among those that are due. */
export const amendments = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const what = { work: 'treatment', parse: amendmentEntity.parse } as const
  return {
    request(amendment: Omit<Amendment, 'practiceId' | 'status' | 'requestedAt' | 'version'>) {
      const requestedAt = binding.now
      const requested: Amendment = { ...amendment, practiceId, status: 'requested', requestedAt, version: 1 }
      return { requested, write: amendmentEntity.create(requested) }
    },

    decide: (amendment: Amendment, status: 'accepted' | 'denied', decision: NonNullable<Amendment['decision']>) =>
      amendmentEntity.replace(amendment, { status, decision }),

    find: (patientId: PatientId, amendmentId: AmendmentId): Promise<Amendment | undefined> =>
      visible(
        binding,
        'treatment',
        getItem(amendmentKey(practiceId, patientId, amendmentId), binding).then(
          item => item && amendmentEntity.parse(item),
        ),
      ),

    ofPatient: (patientId: PatientId, limit: number, cursor?: string) =>
      visibleRun(
        binding,
        { pk: `AMENDMENT#${practiceId}#${patientId}`, newestFirst: true, limit, cursor },
        { ...what, patientId },
      ),

    /** What is due first comes first. */
    inStatus: (status: Amendment['status'], limit: number, cursor?: string) =>
      visibleRun(binding, { index: 'gsi1', pk: `AMENDMENT#${practiceId}#${status}`, limit, cursor }, what),
  }
}
