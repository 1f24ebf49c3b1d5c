import { port } from '../kernel/port.ts'

/** Sends a browser to an identity provider. */
export const authorization = port({
  grants: [{ secret: 'identity-providers' }, { setting: 'origin' }],
  load: async () => (await import('../adapters/federation/authorize.ts')).authorization,
})
