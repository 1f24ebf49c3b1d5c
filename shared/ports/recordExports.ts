import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/recordExports.ts')).recordExports

/** Orders a copy of a record. */
export const recordExportOrders = port({ grants: [{ table: ['get', 'put'], keys: ['RECORDEXPORT#*'] }], load })

/** Reads how far a copy is. */
export const recordExportStatus = port({ grants: [{ table: ['get', 'query'], keys: ['RECORDEXPORT#*'] }], load })

/** Takes a copy and writes it. */
export const recordExportJobs = port({ grants: [{ table: ['update', 'put'], keys: ['RECORDEXPORT#*'] }], load })
