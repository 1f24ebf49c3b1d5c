import { port } from '../kernel/port.ts'

/** Makes and checks the tokens of links and the codes of texts. */
export const links = port({
  grants: [{ secret: 'links' }],
  load: async () => (await import('../adapters/links.ts')).links,
})
