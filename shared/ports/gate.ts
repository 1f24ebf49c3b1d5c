import { port } from '../kernel/port.ts'

/** The gate before every way in: counts failures by account, demands a CAPTCHA, delays. */
export const gate = port({
  grants: [
    { table: ['update', 'put', 'delete', 'check'], keys: ['GATE#*'] },
    { table: ['put'], keys: ['CAPTCHA#*', 'LIMITED#*'] },
    { secret: 'captcha' },
  ],
  load: async () => {
    const { gate } = await import('../store/gate.ts')
    const { captcha } = await import('../adapters/captcha.ts')
    return binding => gate(binding, captcha(binding))
  },
})

/** Gives a trusted browser failures of its own, and takes them away again. */
export const deviceGate = port({
  grants: [{ table: ['put', 'delete'], keys: ['GATE#*'] }],
  load: async () => {
    const { deviceGate } = await import('../store/deviceGate.ts')
    return () => deviceGate
  },
})
