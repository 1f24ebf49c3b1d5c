import { port } from '../kernel/port.ts'

/** Sends mail and texts, with the links and codes that they carry. */
export const post = port({
  grants: [{ mail: true }, { sms: true }, { setting: 'origin' }, { secret: 'links' }],
  load: async () => (await import('../adapters/post.ts')).post,
})
