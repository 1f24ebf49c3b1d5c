import { port } from '../kernel/port.ts'

/** Writes archives. */
export const zipFile = port({ grants: [], load: async () => (await import('../adapters/zipFile.ts')).zipFile })
