import { port } from '../kernel/port.ts'

/** Makes a new authenticator's seed and what an app reads of it. */
export const enrolment = port({ grants: [], load: async () => (await import('../adapters/enrolment.ts')).enrolment })
