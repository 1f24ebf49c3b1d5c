import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/patients.ts')).patients

/** Reads patients. A patient sees only themselves. */
export const patients = port({
  grants: [
    { table: ['get'], keys: ['PATIENT#*'] },
    { table: ['query'], keys: ['PATIENT#*'], index: ['gsi1'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Registers patients. */
export const patientRegister = port({
  grants: [{ table: ['put'], keys: ['PATIENT#*'] }, { recordKeys: ['make'] }],
  load,
})

/** Demands in a transaction that a patient exists, without reading the record. */
export const patientCheck = port({ grants: [{ table: ['check'], keys: ['PATIENT#*'] }], load })

/** Reads a patient to bill a visit: what a claim must say of them, whoever treats them. */
export const billedPatients = port({
  grants: [{ table: ['get'], keys: ['PATIENT#*', 'RESTRICTION#*'] }],
  load: async () => {
    const { patients } = await import('../store/patients.ts')
    return binding => patients(binding, 'payment')
  },
})

/** Sets who may read a record, without showing it. */
export const patientRestriction = port({ grants: [{ table: ['get', 'put'], keys: ['PATIENT#*'] }], load })

/** Reads a record and corrects it. */
export const patientRecord = port({
  grants: [
    { table: ['get', 'put'], keys: ['PATIENT#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Reads a record as it was. */
export const patientHistory = port({
  grants: [
    { table: ['query'], keys: ['PATIENT#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})
/** Reads patients by their ids. */
export const patientsById = port({ grants: [{ table: ['get'], keys: ['PATIENT#*'] }], load })
