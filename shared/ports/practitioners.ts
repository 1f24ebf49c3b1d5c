import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/practitioners.ts')).practitioners

/** Reads practitioners and their weekly availability. */
export const practitioners = port({ grants: [{ table: ['get', 'query'], keys: ['PRACTITIONER#*'] }], load })

/** Adds practitioners and changes their availability. */
export const practitionerRegister = port({ grants: [{ table: ['get', 'put'], keys: ['PRACTITIONER#*'] }], load })

/** Demands in a transaction that a practitioner exists, without reading the record. */
export const practitionerCheck = port({ grants: [{ table: ['check'], keys: ['PRACTITIONER#*'] }], load })
