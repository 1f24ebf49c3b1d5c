import { leaseOn } from '../domain/breakGlass.ts'
import { hasWork, type Work } from '../domain/restrictions.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { PatientId, PracticeId } from '../schema/ids.ts'
import { Patient, type PatientDetails, PatientVersion } from '../schema/patients.ts'
import { entity, exists } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, getItems, type Page } from './read.ts'
import { tableName } from './table.ts'
import { visible, visibleRun } from './visible.ts'

/** By which it is decided who may have a record. */
const openOfPatient = [
  'patientId',
  'practiceId',
  'confidentiality',
  'careTeam',
  'withheldFromPayers',
  'updatedAt',
  'version',
] as const

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
  open: [...openOfPatient, 'createdAt'],
  makesKey: true,
})

/** Earlier versions lie beside the record. */
const versionEntity = entity<PatientVersion>({
  name: 'Patient',
  schema: PatientVersion,
  id: ({ patientId }) => patientId,
  keys: ({ practiceId, patientId, version }) => ({
    pk: `PATIENT#${practiceId}#${patientId}`,
    sk: `VERSION#${String(version).padStart(6, '0')}`,
  }),
  open: [...openOfPatient, 'replacedAt'],
  audited: false,
})

const patientKey = (practiceId: PracticeId, patientId: PatientId) => ({
  pk: `PATIENT#${practiceId}#${patientId}`,
  sk: 'PATIENT',
})

/** `work`: what the record is read for, where that is not to treat the patient. */
export const patients = (binding: Binding, work: Work = 'treatment') => {
  const practiceId = practiceOf(binding)
  const read = async (patientId: PatientId) => {
    const item = await getItem(patientKey(practiceId, patientId), binding)
    return item && patientEntity.parse(item)
  }
  return {
    register: (patientId: PatientId, details: PatientDetails) =>
      patientEntity.create({
        patientId,
        practiceId,
        ...details,
        confidentiality: 'normal',
        createdAt: binding.now,
        updatedAt: binding.now,
        version: 1,
      }),

    find: (patientId: PatientId): Promise<Patient | undefined> => visible(binding, work, read(patientId)),

    /** Also one that is hidden from the caller: for whoever restricts records and may not read them. */
    any: read,

    /** Corrects the record, and keeps it as it was. */
    correct(patient: Patient, change: Partial<PatientDetails>, why: Pick<PatientVersion, 'replacedBy' | 'reason'>) {
      const replacedAt = binding.now
      return [
        patientEntity.replace(patient, { ...change, updatedAt: replacedAt }),
        versionEntity.create({ ...patient, ...why, replacedAt, changed: Object.keys(change) }),
      ]
    },

    /** The record as it was before each correction, the latest first. */
    history: (patientId: PatientId, limit: number, cursor?: string): Promise<Page<PatientVersion>> => {
      const run = { pk: patientKey(practiceId, patientId).pk, prefix: 'VERSION#', newestFirst: true, limit, cursor }
      return visibleRun(binding, run, { work, parse: versionEntity.parse, patientId })
    },

    /** Sets who may read the record, and whether payers may be told of it. */
    restrict: (
      patient: Patient,
      change: Required<Pick<Patient, 'confidentiality' | 'careTeam' | 'withheldFromPayers'>>,
    ) => patientEntity.replace(patient, { ...change, updatedAt: binding.now }),

    /** Demands that the patient is of this practice and not hidden from the caller, in the transaction and without a read. */
    mustExist(patientId: PatientId): Write<'patient-not-found'> {
      const { actor } = binding
      const check = exists(patientKey(practiceId, patientId), 'patient-not-found')
      if (actor.type === 'system' || leaseOn(actor, patientId)) return check
      const user = actor.type === 'user' ? actor : undefined
      if (user?.role === 'patient') return check
      const isOpen = user && hasWork(user.role) ? 'confidentiality <> :closed' : 'confidentiality = :normal'
      return {
        ...check,
        request: {
          ...check.request,
          ConditionExpression: `attribute_exists(pk) AND (attribute_not_exists(confidentiality) OR ${isOpen} OR contains(careTeam, :practitioner))`,
          ExpressionAttributeValues: {
            ...(user && hasWork(user.role) ? { ':closed': 'very-restricted' } : { ':normal': 'normal' }),
            ':practitioner': user?.practitionerId ?? 'nobody',
          },
        },
      }
    },

    /** Demands that the patient is of this practice, hidden or not: whoever breaks the glass cannot see it yet. */
    mustBeKnown: (patientId: PatientId) => exists(patientKey(practiceId, patientId), 'patient-not-found'),

    /** Demands that the patient has not withheld their record from payers. */
    mayTellPayers: (patientId: PatientId): Write<'withheld-from-payers'> => ({
      kind: 'check',
      request: {
        TableName: tableName(),
        Key: patientKey(practiceId, patientId),
        ConditionExpression: 'attribute_not_exists(withheldFromPayers) OR withheldFromPayers = :no',
        ExpressionAttributeValues: { ':no': false },
      },
      onConflict: 'withheld-from-payers',
    }),
    /** Those of so many who are patients here, hidden ones too: for whoever watches over the trail. A hundred for each request. */
    async several(patientIds: readonly PatientId[]): Promise<Patient[]> {
      const found: Patient[] = []
      for (let at = 0; at < patientIds.length; at += 100) {
        const keys = patientIds.slice(at, at + 100).map(patientId => patientKey(practiceId, patientId))
        const items = await getItems(keys, binding)
        found.push(...items.flatMap(item => (item ? [patientEntity.parse(item)] : [])))
      }
      return found
    },

    /** Newest first. A patient's own list is themselves. */
    async list(limit: number, cursor?: string): Promise<Page<Patient>> {
      const { actor } = binding
      if (actor.type === 'user' && actor.role === 'patient') {
        const own = actor.patientId && (await this.find(actor.patientId))
        return { items: own ? [own] : [] }
      }
      const run = { index: 'gsi1', pk: `PATIENT#${practiceId}`, newestFirst: true, limit, cursor } as const
      return visibleRun(binding, run, { work, parse: patientEntity.parse })
    },
  }
}
