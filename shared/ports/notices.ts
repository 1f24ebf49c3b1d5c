import { port } from '../kernel/port.ts'

/** Tells a user what happened, in the transaction in which it happens. */
export const notices = port({
  grants: [{ table: ['put'], keys: ['NOTICE#*'] }],
  load: async () => (await import('../store/notices.ts')).notices,
})
