import type { EventRule } from '../template/model.ts'
import type { Invoke } from './batch.ts'
import { matches } from './pattern.ts'

/** Lambda tries an asynchronous event three times in all, after one and two minutes; here it waits a second and two. */
const usual = [1_000, 2_000]

/**
 * Hands an event of the default bus to the functions whose rules take it, and resolves when all are through with it.
 * Delivery is at least once and ends after three attempts, so what matters must not depend on it alone.
 */
export async function emit(
  rules: EventRule[],
  event: object,
  invoke: Invoke,
  say: (line: string) => void,
  pauses = usual,
) {
  await Promise.all(rules.filter(({ pattern }) => matches(pattern, event)).map(rule => attempt(rule)))

  async function attempt(rule: EventRule) {
    const input = rule.input ?? JSON.stringify(event)
    for (const pause of [...pauses, undefined]) {
      const failure = await invoke(rule.functionName, input).then(
        ({ functionError, payload }) => functionError && payload,
        cause => String(cause),
      )
      if (!failure) return
      if (pause === undefined) say(`rule ${rule.name}: gave up an event: ${failure}`)
      else await new Promise(resolve => setTimeout(resolve, pause))
    }
  }
}
