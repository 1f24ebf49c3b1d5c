import { port } from '../kernel/port.ts'

/** Reads who was limited. */
export const limited = port({
  grants: [{ table: ['query'], keys: ['LIMITED#*'] }],
  load: async () => (await import('../store/limited.ts')).limited,
})

/** Finds the accounts under attack whose users have not been told, and notes that they are. */
export const untoldAccounts = port({
  grants: [
    { table: ['query'], keys: ['LIMITED#*'], index: ['gsi2'] },
    { table: ['update'], keys: ['LIMITED#*'] },
  ],
  load: async () => {
    const { limited, markShards } = await import('../store/limited.ts')
    return binding => ({ ...limited(binding), shards: markShards })
  },
})
