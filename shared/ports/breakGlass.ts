import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/breakGlass.ts')).breakGlass

/** Notes an emergency access. */
export const breakGlassRegister = port({ grants: [{ table: ['put'], keys: ['BREAKGLASS#*'] }], load })

/** Reads an emergency access and changes it: that it has ended, or what was decided of it. */
export const breakGlassRecord = port({ grants: [{ table: ['get', 'put'], keys: ['BREAKGLASS#*'] }], load })

/** Reads somebody's own. */
export const ownBreakGlass = port({ grants: [{ table: ['query'], keys: ['BREAKGLASS#*'] }], load })

/** Reads the queue of those that wait for a decision. */
export const breakGlassQueue = port({
  grants: [{ table: ['query'], keys: ['BREAKGLASS#*'], index: ['gsi1'] }],
  load,
})
