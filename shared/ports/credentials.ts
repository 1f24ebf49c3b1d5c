import { port } from '../kernel/port.ts'

/** Finds and removes all that a user signs in with beside the password. */
export const credentials = port({
  grants: [
    { table: ['query', 'delete'], keys: ['FACTOR#*', 'DEVICE#*'] },
    { table: ['query'], keys: ['PASSKEY#*', 'IDENTITY#*'], index: ['gsi1'] },
    { table: ['delete'], keys: ['PASSKEY#*', 'IDENTITY#*'] },
  ],
  load: async () => (await import('../store/credentials.ts')).credentials,
})
