import { port } from '../kernel/port.ts'

/** Which identity providers a practice has. */
export const providers = port({
  grants: [{ secret: 'identity-providers' }],
  load: async () => (await import('../adapters/federation/providers.ts')).providers,
})
