import { checks } from './checks.ts'

/**
 * Asks the portal what a smoke test asks, from outside, and says what is wrong. Fails when anything is: `CanaryHeld` then lacks a count,
 * as it does when nothing has run.
 */
export async function handler(): Promise<{ held: number }> {
  const { PORTAL_ORIGIN } = process.env
  if (!PORTAL_ORIGIN) throw new Error('PORTAL_ORIGIN is not set')
  const wrong: string[] = []
  let held = 0
  const began = performance.now()
  for (const { what, check } of checks(PORTAL_ORIGIN, 0)) {
    const found = await check().catch((error: Error) => [error.message])
    if (found.length === 0) held++
    else wrong.push(`${what}: ${found.join('; ')}`)
  }
  const CanaryMs = Math.round(performance.now() - began)
  const counts = { CanaryMs, ...(wrong.length === 0 && { CanaryHeld: 1 }) }
  process.stdout.write(`${JSON.stringify({ ...metrics(counts), ...counts, held, wrong })}\n`)
  if (wrong.length > 0) throw new Error(`${wrong.length} things are wrong`)
  return { held }
}

/** CloudWatch takes these fields of the line as metrics. */
const metrics = (counts: Record<string, number>) => ({
  service: 'haven',
  action: 'canary.run',
  _aws: {
    Timestamp: Date.now(),
    CloudWatchMetrics: [
      {
        Namespace: 'Haven',
        Dimensions: [['service', 'action']],
        Metrics: Object.keys(counts).map(Name => ({ Name })),
      },
    ],
  },
})
