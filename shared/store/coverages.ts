import type { Binding } from '../kernel/port.ts'
import { Coverage } from '../schema/coverages.ts'
import type { CoverageId, PatientId, PracticeId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page } from './read.ts'
import { visible, visibleRun } from './visible.ts'

export const coverageEntity = entity<Coverage>({
  name: 'Coverage',
  schema: Coverage,
  id: coverage => coverage.coverageId,
  patientId: coverage => coverage.patientId,
  keys: coverage => ({
    ...coverageKey(coverage.practiceId, coverage.coverageId),
    gsi3pk: `COVERAGE#${coverage.practiceId}#PATIENT#${coverage.patientId}`,
    gsi3sk: coverage.coverageId,
  }),
  open: ['coverageId', 'practiceId', 'patientId', 'updatedAt', 'version'],
})

const coverageKey = (practiceId: PracticeId, coverageId: CoverageId) => ({
  pk: `COVERAGE#${practiceId}#${coverageId}`,
  sk: 'COVERAGE',
})

export const coverages = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  return {
    add: (coverage: Omit<Coverage, 'practiceId' | 'createdAt' | 'updatedAt' | 'version'>) =>
      coverageEntity.create({ ...coverage, practiceId, createdAt: now, updatedAt: now, version: 1 }),

    find: (coverageId: CoverageId): Promise<Coverage | undefined> =>
      visible(
        binding,
        'payment',
        getItem(coverageKey(practiceId, coverageId), binding).then(item => item && coverageEntity.parse(item)),
      ),

    ofPatient(patientId: PatientId, limit: number, cursor?: string): Promise<Page<Coverage>> {
      const pk = `COVERAGE#${practiceId}#PATIENT#${patientId}`
      const run = { index: 'gsi3', pk, newestFirst: true, limit, cursor } as const
      return visibleRun(binding, run, { work: 'payment', parse: coverageEntity.parse, patientId })
    },
  }
}
