import { port } from '../kernel/port.ts'

/** Checks one-time codes, and makes what is kept of backup codes. */
export const totp = port({ grants: [], load: async () => (await import('../adapters/totp.ts')).totp })
