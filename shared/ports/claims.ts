import { port } from '../kernel/port.ts'

/** Reads claims and lists. */
export const claims = port({
  grants: [
    { table: ['get'], keys: ['CLAIM#*'] },
    { table: ['query'], keys: ['CLAIM#*'], index: ['gsi1', 'gsi3'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load: async () => (await import('../store/claims.ts')).claims,
})

/** Reads a claim and changes it. */
export const claimRecord = port({
  grants: [
    { table: ['get', 'put'], keys: ['CLAIM#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load: async () => (await import('../store/claims.ts')).claims,
})

/** Reads and changes claims of the practice that an acknowledgement belongs to. */
export const claimsOfAnyPractice = port({
  grants: [{ table: ['get', 'put'], keys: ['CLAIM#*'] }],
  load: async () => (await import('../store/claims.ts')).claimsOfAnyPractice,
})
