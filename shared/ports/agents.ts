import { port } from '../kernel/port.ts'

/** Reads what people and programs of the practice are called. */
export const agents = port({
  grants: [{ table: ['get'], keys: ['USER#*', 'APIKEY#*'] }],
  load: async () => (await import('../store/agents.ts')).agents,
})

/** Reads what is known of the practice's workforce. */
export const workforce = port({
  grants: [{ table: ['get'], keys: ['USER#*', 'PRACTITIONER#*'] }],
  load: async () => (await import('../store/agents.ts')).agents,
})
