import { port } from '../kernel/port.ts'

/** Makes challenges. The gate checks what solves them. */
export const captcha = port({
  grants: [{ secret: 'captcha' }],
  load: async () => (await import('../adapters/captcha.ts')).captcha,
})
