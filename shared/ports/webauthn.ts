import { port } from '../kernel/port.ts'

/** Checks what authenticators answer. */
export const webauthn = port({
  grants: [{ setting: 'origin' }],
  load: async () => (await import('../adapters/webauthn.ts')).webauthn,
})
