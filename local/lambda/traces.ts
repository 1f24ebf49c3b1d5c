import type { CallRecord } from '../aws/endpoint.ts'

/**
 * One invocation and the AWS calls that it made. `sequential` is how many DynamoDB round trips had to follow each other, without
 * those that fetched keys of sealed records: these are made once for many requests, and are counted in `keyTrips`.
 */
export interface Trace {
  requestId: string
  /** API Gateway's id, which the client saw as `apigw-requestid`; absent when no HTTP request began it. */
  apiRequestId?: string
  functionName: string
  startedAt: number
  ms?: number
  initMs?: number
  failed?: boolean
  calls: CallRecord[]
  total: number
  sequential: number
  keyTrips: number
  readUnits: number
  writeUnits: number
}

type Open = Omit<Trace, 'total' | 'sequential' | 'keyTrips' | 'readUnits' | 'writeUnits'>

const kept = 2_000

/** The traces of the last 2,000 invocations, found by Lambda's request id or by API Gateway's. */
export class Traces {
  readonly #traces = new Map<string, Open>()
  readonly #byApiId = new Map<string, Open>()

  begin(trace: Omit<Open, 'calls' | 'startedAt'>) {
    const open: Open = { ...trace, startedAt: Date.now(), calls: [] }
    this.#traces.set(open.requestId, open)
    if (open.apiRequestId) this.#byApiId.set(open.apiRequestId, open)
    for (const old of this.#traces.values()) {
      if (this.#traces.size <= kept) break
      this.#traces.delete(old.requestId)
      if (old.apiRequestId) this.#byApiId.delete(old.apiRequestId)
    }
  }

  record(call: CallRecord) {
    if (call.requestId) this.#traces.get(call.requestId)?.calls.push(call)
  }

  end(requestId: string, outcome: { ms: number; initMs?: number; failed: boolean }) {
    const trace = this.#traces.get(requestId)
    if (trace) Object.assign(trace, outcome)
  }

  find(id: string): Trace | undefined {
    const trace = this.#traces.get(id) ?? this.#byApiId.get(id)
    return trace && summed(trace)
  }

  /** The most recent traces, the newest first. */
  recent(limit: number, functionName?: string): Trace[] {
    return [...this.#traces.values()]
      .filter(trace => !functionName || trace.functionName === functionName)
      .slice(-limit)
      .reverse()
      .map(summed)
  }
}

function summed(trace: Open): Trace {
  const table = trace.calls.filter(({ service }) => service === 'dynamodb')
  const sum = (of: (call: CallRecord) => number) => table.reduce((total, call) => total + of(call), 0)
  return {
    ...trace,
    total: table.length,
    sequential: longestChain(table.filter(call => !fetchesKeys(call))),
    keyTrips: longestChain(table.filter(fetchesKeys)),
    readUnits: sum(call => call.readUnits),
    writeUnits: sum(call => call.writeUnits),
  }
}

const fetchesKeys = ({ operation, spaces }: CallRecord) => operation === 'BatchGetItem' && spaces.join() === 'KEY'

/** The most calls that did not overlap: taking always the one that ends first gives the longest chain. */
export function longestChain(calls: { startedAt: number; ms: number }[]): number {
  const ends = calls.map(({ startedAt, ms }) => [startedAt, startedAt + ms] as const).sort((a, b) => a[1] - b[1])
  let chain = 0
  let free = Number.NEGATIVE_INFINITY
  for (const [start, end] of ends) {
    if (start < free) continue
    chain++
    free = end
  }
  return chain
}
