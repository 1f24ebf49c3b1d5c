import type { Binding } from '../kernel/port.ts'
import type { PatientId, PracticeId } from '../schema/ids.ts'
import { Patient, type PatientDetails } from '../schema/patients.ts'
import { entity, exists } from './entity.ts'
import { practiceOf, visible } from './practice.ts'
import { getItem, type Page, queryItems } from './read.ts'

export const patientEntity = entity<Patient>({
  name: 'Patient',
  schema: Patient,
  id: patient => patient.patientId,
  patientId: patient => patient.patientId,
  keys: patient => ({
    ...patientKey(patient.practiceId, patient.patientId),
    // By age, not by name: a key can be seen where a record cannot.
    gsi1pk: `PATIENT#${patient.practiceId}`,
    gsi1sk: patient.patientId,
  }),
})

const patientKey = (practiceId: PracticeId, patientId: PatientId) => ({
  pk: `PATIENT#${practiceId}#${patientId}`,
  sk: 'PATIENT',
})

export const patients = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  return {
    register: (patientId: PatientId, details: PatientDetails) =>
      patientEntity.create({
        patientId,
        practiceId,
        ...details,
        createdAt: binding.now,
        updatedAt: binding.now,
        version: 1,
      }),

    async find(patientId: PatientId): Promise<Patient | undefined> {
      const item = await getItem(patientKey(practiceId, patientId), binding)
      return visible(binding, item && patientEntity.parse(item))
    },

    /** Demands that the patient is of this practice, in the transaction and without a read. */
    mustExist: (patientId: PatientId) => exists(patientKey(practiceId, patientId), 'patient-not-found'),

    /** Newest first. A patient's own list is themselves. */
    async list(limit: number, cursor?: string): Promise<Page<Patient>> {
      const { actor } = binding
      if (actor.type === 'user' && actor.role === 'patient') {
        const own = actor.patientId && (await this.find(actor.patientId))
        return { items: own ? [own] : [] }
      }
      const page = await queryItems(
        { index: 'gsi1', pk: `PATIENT#${practiceId}`, newestFirst: true, limit, cursor },
        binding,
      )
      return { ...page, items: page.items.map(patientEntity.parse) }
    },
  }
}
