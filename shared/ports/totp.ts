import { port } from '../kernel/port.ts'

/** Checks one-time codes. */
export const totp = port({ grants: [], load: async () => (await import('../adapters/totp.ts')).totp })
