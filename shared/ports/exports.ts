import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/exports.ts')).exports

/** Orders an export. */
export const exportOrders = port({ grants: [{ table: ['put'], keys: ['EXPORT#*'] }], load })

/** Reads how far an export is. */
export const exportStatus = port({ grants: [{ table: ['get'], keys: ['EXPORT#*'] }], load })

/** Takes an export and goes on with it. */
export const exportJobs = port({ grants: [{ table: ['update', 'put'], keys: ['EXPORT#*'] }], load })
