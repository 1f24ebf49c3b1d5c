import { port } from '../kernel/port.ts'

/** Whom passkeys are made for. */
export const relyingParty = port({
  grants: [{ setting: 'origin' }],
  load: async () => (await import('../adapters/relyingParty.ts')).relyingParty,
})
