import { port } from '../kernel/port.ts'

/** The gate before every way in: counts failures by account, demands a CAPTCHA, delays. */
export const gate = port({
  grants: [
    { table: ['update', 'put', 'delete', 'check'], keys: ['GATE#*'] },
    { table: ['put'], keys: ['CAPTCHA#*', 'LIMITED#*'] },
    { secret: 'captcha' },
  ],
  load: async () => {
    const [{ gate }, { captcha }] = await Promise.all([import('../store/gate.ts'), import('../adapters/captcha.ts')])
    return binding => gate(binding, captcha(binding))
  },
})
