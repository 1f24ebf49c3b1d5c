import type { Binding } from '../kernel/port.ts'
import { getItem } from '../store/read.ts'
import { describeSecret } from './secrets.ts'

/** What the system cannot work without, each asked in the cheapest way that is a real answer. */
export const dependencies = (binding: Binding) => ({
  async check(): Promise<{ name: 'table' | 'secrets'; up: boolean; ms: number }[]> {
    return Promise.all([
      timed('table', getItem({ pk: 'HEALTH#probe', sk: 'PROBE' }, binding)),
      timed('secrets', describeSecret('pepper')),
    ])
  },
})

/** A dependency that does not answer is down: that is the finding here, not a fault. */
async function timed<Name extends string>(name: Name, call: Promise<unknown>) {
  const start = performance.now()
  const up = await call.then(
    () => true,
    () => false,
  )
  return { name, up, ms: Math.round(performance.now() - start) }
}
