import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/patients.ts')).patients

/** Reads patients. A patient sees only themselves. */
export const patients = port({
  grants: [
    { table: ['get'], keys: ['PATIENT#*'] },
    { table: ['query'], keys: ['PATIENT#*'], index: ['gsi1'] },
  ],
  load,
})

/** Registers patients. */
export const patientRegister = port({ grants: [{ table: ['put'], keys: ['PATIENT#*'] }], load })

/** Demands in a transaction that a patient exists, without reading the record. */
export const patientCheck = port({ grants: [{ table: ['check'], keys: ['PATIENT#*'] }], load })
