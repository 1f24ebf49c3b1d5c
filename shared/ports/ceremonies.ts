import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/ceremonies.ts')).ceremonies

/** Keeps a challenge until it is answered. */
export const ceremonyStart = port({ grants: [{ table: ['put'], keys: ['CEREMONY#*'] }], load })

/** Finds the challenge that is answered, and uses it up. */
export const ceremonyEnd = port({ grants: [{ table: ['get', 'delete'], keys: ['CEREMONY#*'] }], load })
