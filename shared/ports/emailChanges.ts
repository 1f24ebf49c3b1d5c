import { port } from '../kernel/port.ts'

/** Asks for another e-mail to be confirmed. */
export const emailChangeRegister = port({
  grants: [{ table: ['put'], keys: ['EMAIL#*'] }],
  load: async () => (await import('../store/emailChanges.ts')).emailChanges,
})

/** Finds an e-mail that waits to be confirmed, and uses its link up. */
export const emailChanges = port({
  grants: [{ table: ['get', 'delete'], keys: ['EMAIL#*'] }],
  load: async () => (await import('../store/emailChanges.ts')).emailChanges,
})
