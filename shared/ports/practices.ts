import { port } from '../kernel/port.ts'

/** Reads the caller's own practice: its zone, billing provider and payers. */
export const practices = port({
  grants: [{ table: ['get'], keys: ['PRACTICE#*'] }],
  load: async () => (await import('../store/practices.ts')).practices,
})

/** Reads and sets how people sign in at the caller's practice. */
export const practiceSettings = port({
  grants: [{ table: ['get', 'put'], keys: ['PRACTICE#*'] }],
  load: async () => (await import('../store/practices.ts')).practices,
})

/** Lists all practices. */
export const allPractices = port({
  grants: [{ table: ['query'], keys: ['PRACTICE#*'], index: ['gsi1'] }],
  load: async () => (await import('../store/practices.ts')).practices,
})
