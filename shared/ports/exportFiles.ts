import { port } from '../kernel/port.ts'

const load = async () => (await import('../adapters/exportFiles.ts')).exportFiles

/** Writes files of exports, and sees whether one is there. */
export const exportFiles = port({
  grants: [{ bucket: 'records', under: 'exports/', may: ['put', 'get'] }],
  load,
})

/** Makes links to files of exports. */
export const exportLinks = port({ grants: [{ bucket: 'records', under: 'exports/', may: ['get'] }], load })
