import { port } from '../kernel/port.ts'

/** Compares passwords with their argon2id hashes. */
export const passwords = port({
  grants: [{ secret: 'pepper' }],
  load: async () => (await import('../adapters/passwords.ts')).passwords,
})
