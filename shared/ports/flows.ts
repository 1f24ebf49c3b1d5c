import { port } from '../kernel/port.ts'

/** Begins a sign-in that another provider will have in hand. */
export const beginnings = port({
  grants: [{ table: ['put'], keys: ['FLOW#*'] }],
  load: async () => (await import('../store/flows.ts')).flows,
})

/** Ends one: takes it once, and finds the session that began it. */
export const flows = port({
  grants: [
    { table: ['delete'], keys: ['FLOW#*'] },
    { table: ['query', 'check'], keys: ['SESSION#*'] },
  ],
  load: async () => (await import('../store/flows.ts')).flows,
})
