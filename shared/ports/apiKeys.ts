import { port } from '../kernel/port.ts'

/** Makes, finds, rotates and revokes the API keys of the caller's practice. */
export const apiKeys = port({
  grants: [
    { table: ['get', 'put'], keys: ['APIKEY#*'] },
    { table: ['query'], keys: ['APIKEY#*'], index: ['gsi1'] },
  ],
  load: async () => (await import('../store/apiKeys.ts')).apiKeys,
})
