import { port } from '../kernel/port.ts'

/** Reads and changes which records of the practice are restricted. */
export const restrictions = port({
  grants: [{ table: ['get', 'put'], keys: ['RESTRICTION#*'] }],
  load: async () => (await import('../store/restrictions.ts')).restrictions,
})
