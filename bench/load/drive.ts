import { setTimeout as pause } from 'node:timers/promises'
import { Client } from '../cloud/client.ts'
import { comparatorPath } from '../cloud/comparators.ts'
import { round } from '../report/figures.ts'
import type { Section } from '../report/section.ts'
import { journey, newParty, type Party } from './journey.ts'
import { type Latencies, latencyRow } from './latencies.ts'
import { Log } from './log.ts'

/** More failures than this share of the requests, and the figures are not those of the main job. */
const mostFailures = 0.01

/**
 * The journey at a concurrency, beside the handler that does nothing, which is measured before and after it by the same
 * client: the machine may have changed in between.
 */
export async function measureJourney(
  base: string,
  concurrency: number,
  seconds: number,
  say: (line: string) => void,
): Promise<Section> {
  say(`${concurrency} at a time: planting practices`)
  const parties: Party[] = []
  // A journey alone takes half a second at least; many beside each other take longer.
  const wanted = concurrency === 1 ? seconds : 2 * concurrency
  while (parties.length < wanted) parties.push(await newParty(base))
  await empties(base, concurrency, 1)

  say(`${concurrency} at a time: measuring`)
  const before = await empties(base, concurrency, seconds / 4)
  const log = await journeys(base, parties, concurrency, seconds)
  const started = await coldStarts(base, log.from)
  const after = await empties(base, concurrency, seconds / 4)

  const empty = { ms: [...before.ms, ...after.ms], seconds: before.seconds + after.seconds }
  const all = { ms: log.all, seconds }
  const rows = [latencyRow('empty handler', empty, empty), latencyRow('every request', all, empty)]
  for (const [step, ms] of log.steps) if (ms.length) rows.push(latencyRow(step, { ms, seconds }, empty))
  const rate = ({ ms, seconds }: Latencies) => ms.length / seconds
  const each = `each takes the time of ${round(rate(empty) / rate(all))} empty ones`
  const failures = [...log.failures].map(([failure, count]) => `${count} × ${failure}`)
  const share = round((100 * log.failed) / Math.max(1, log.all.length))
  return {
    title: `The journey, ${concurrency} at a time`,
    rows,
    notes: [
      `${round(rate(all))} requests/s against ${round(rate(empty))} of the empty handler: ${each}`,
      `${started} new environments were started meanwhile`,
      ...(failures.length ? [`not answered with success: ${failures.join(', ')}`] : []),
    ],
    missed:
      log.failed > mostFailures * log.all.length ? [`the journey, ${concurrency} at a time: ${share} % failed`] : [],
  }
}

/**
 * So many journeys beside each other, begun one after another, until all are under way and then for so many seconds more:
 * only these count, so that neither the start nor the end, when fewer run, is measured.
 */
async function journeys(base: string, parties: Party[], concurrency: number, seconds: number): Promise<Log> {
  const log = new Log()
  const apart = Math.min(2_000, (seconds * 1_000) / concurrency)
  let running = true
  const work = async () => {
    while (running) {
      // Practices are planted before; should they run out, one more is, and the journey waits for it unmeasured.
      const party = parties.pop() ?? (await newParty(base))
      for (let next = party.next(); next && running; next = party.next()) await journey(party, next.start, log.hear)
    }
  }
  const workers: Promise<void>[] = []
  for (let count = 0; count < concurrency; count++) {
    workers.push(work())
    await pause(apart)
  }
  log.begin()
  await pause(seconds * 1_000)
  log.end()
  running = false
  await Promise.all(workers)
  return log
}

async function empties(base: string, concurrency: number, seconds: number): Promise<Latencies> {
  const ms: number[] = []
  const began = performance.now()
  const work = async () => {
    const client = new Client(base)
    while (performance.now() - began < seconds * 1_000) ms.push((await client.send('GET', comparatorPath('empty'))).ms)
    client.close()
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return { ms, seconds: (performance.now() - began) / 1_000 }
}

/** How many environments the pool started since then, among the 2,000 invocations that it remembers. */
async function coldStarts(base: string, since: number): Promise<number> {
  const response = await fetch(`${base}/_local/traces?limit=2000`)
  const traces = (await response.json()) as { startedAt: number; initMs?: number }[]
  return traces.filter(({ startedAt, initMs }) => startedAt >= since && initMs !== undefined).length
}
