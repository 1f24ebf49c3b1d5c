import { percentile, round } from '../report/figures.ts'
import type { Row } from '../report/table.ts'

/** Latencies of one kind of request at one concurrency, in milliseconds, and the seconds in which they were taken. */
export interface Latencies {
  ms: number[]
  seconds: number
}

/** Percentiles beside those of the handler that does nothing, at the same concurrency and in the same run. */
export function latencyRow(what: string, { ms, seconds }: Latencies, empty: Latencies): Row {
  const figures: Row = { request: what, count: ms.length, 'req/s': round(ms.length / seconds) }
  for (const p of [50, 95, 99]) figures[`p${p} ms`] = round(percentile(ms, p))
  for (const p of [50, 95, 99]) figures[`p${p} × empty`] = round(percentile(ms, p) / percentile(empty.ms, p))
  return figures
}
