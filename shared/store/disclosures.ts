import { isAccountable, retainUntil } from '../domain/disclosures.ts'
import type { Binding } from '../kernel/port.ts'
import { Disclosure, type DisclosureDetails } from '../schema/disclosures.ts'
import type { DisclosureId, PatientId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { visibleRun } from './visible.ts'

const disclosureEntity = entity<Disclosure>({
  name: 'Disclosure',
  schema: Disclosure,
  id: ({ disclosureId }) => disclosureId,
  patientId: ({ patientId }) => patientId,
  keys: ({ practiceId, patientId, disclosureId, accountable }) => ({
    pk: `DISCLOSURE#${practiceId}#${patientId}`,
    sk: `${accountable ? 'ACCOUNTABLE' : 'OTHER'}#${disclosureId}`,
  }),
  open: ['disclosureId', 'practiceId', 'patientId', 'disclosedAt', 'accountable', 'retainUntil', 'version'],
})

/** What was disclosed of patients. Nothing changes it, and nothing removes it but the erasure of the patient. */
export const disclosures = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  return {
    /** Belongs into the transaction of what discloses. */
    note(
      disclosureId: DisclosureId,
      patientId: PatientId,
      details: DisclosureDetails,
      recordedBy: Disclosure['recordedBy'],
    ) {
      const { legalBasis, disclosedAt } = details
      const disclosure: Disclosure = {
        disclosureId,
        practiceId,
        patientId,
        ...details,
        accountable: isAccountable(legalBasis),
        retainUntil: retainUntil(legalBasis, disclosedAt),
        recordedBy,
        recordedAt: now,
        version: 1,
      }
      return { disclosure, write: disclosureEntity.create(disclosure) }
    },

    /** Newest first: what the law's accounting tells of, or what it leaves out. */
    ofPatient: (patientId: PatientId, which: 'accountable' | 'other', limit: number, cursor?: string) => {
      const prefix = which === 'accountable' ? 'ACCOUNTABLE#' : 'OTHER#'
      const run = { pk: `DISCLOSURE#${practiceId}#${patientId}`, prefix, newestFirst: true, limit, cursor }
      return visibleRun(binding, run, { work: 'treatment', parse: disclosureEntity.parse, patientId })
    },
  }
}
