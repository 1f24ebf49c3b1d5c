import { port } from '../kernel/port.ts'

/** Asks an identity provider who signed in. */
export const federation = port({
  grants: [{ secret: 'identity-providers' }, { setting: 'origin' }],
  load: async () => (await import('../adapters/federation/identify.ts')).federation,
})
