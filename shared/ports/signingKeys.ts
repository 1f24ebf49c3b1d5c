import { port } from '../kernel/port.ts'

/** Reads the public halves of the signing keys. */
export const publicKeys = port({
  grants: [{ table: ['query'], keys: ['JWK#*'] }],
  load: async () => (await import('../store/signingKeys.ts')).signingKeys,
})

/** Publishes and withdraws them. */
export const publishedKeys = port({
  grants: [{ table: ['query', 'put', 'delete'], keys: ['JWK#*'] }],
  load: async () => (await import('../store/signingKeys.ts')).signingKeys,
})

/** Replaces the private halves. The rotation alone has this. */
export const keyRing = port({
  grants: [{ secret: 'signing', may: 'replace' }],
  load: async () => (await import('../adapters/keyRing.ts')).keyRing,
})
