import { port } from '../kernel/port.ts'

/** Counts what somebody asks for beside the requests themselves: messages to a mailbox, tries at a password. */
export const counters = port({
  grants: [{ table: ['update'], keys: ['LIMIT#*'] }],
  load: async () => (await import('../store/limits.ts')).limits,
})
