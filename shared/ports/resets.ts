import { port } from '../kernel/port.ts'

/** Allows a new password to whoever reads a mail. */
export const resetRegister = port({
  grants: [{ table: ['put'], keys: ['RESET#*'] }],
  load: async () => (await import('../store/resets.ts')).resets,
})

/** Finds a reset and uses it up. */
export const resets = port({
  grants: [{ table: ['get', 'delete'], keys: ['RESET#*'] }],
  load: async () => (await import('../store/resets.ts')).resets,
})
