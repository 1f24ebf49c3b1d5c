/** What the local cloud knows of one request: its round trips to the table and the capacity they used. */
interface Trace {
  sequential: number
  keyTrips: number
  total: number
  readUnits: number
  writeUnits: number
}

/** A request that was answered, in milliseconds. */
export interface Answered {
  who: string
  what: string
  status: number
  ms: number
  requestId: string
  signedIn: boolean
}

/**
 * Most round trips that may follow each other in a request with a session, beside one for the keys of records that are not yet
 * known. A sign-in has one more, beside its hash.
 */
const mostSequential = 3

/** Prints each request as it is answered, with what it cost, and sums up at the end. */
export class Report {
  readonly #base: string
  #requests = 0
  #slowest = 0
  #deepest = 0
  #forKeys = 0

  constructor(base: string) {
    this.#base = base
  }

  chapter(title: string): void {
    process.stdout.write(`\n${title}\n`)
  }

  note(text: string): void {
    process.stdout.write(`    · ${text}\n`)
  }

  async request({ who, what, status, ms, requestId, signedIn }: Answered): Promise<void> {
    const trace = await this.#trace(requestId)
    this.#requests++
    this.#slowest = Math.max(this.#slowest, ms)
    // A booking that loses its race is answered after one trip more: its refusal is recorded too.
    if (signedIn && status < 400) {
      this.#deepest = Math.max(this.#deepest, trace?.sequential ?? 0)
      this.#forKeys = Math.max(this.#forKeys, trace?.keyTrips ?? 0)
    }
    const cost = trace
      ? `${trace.sequential}${trace.keyTrips ? `+${trace.keyTrips}` : '  '} of ${trace.total} trips  ${trace.readUnits.toFixed(1).padStart(5)} RCU ${trace.writeUnits.toFixed(0).padStart(4)} WCU`
      : ''
    const row = [who.padEnd(13), what.padEnd(34), String(status), `${ms.toFixed(0)} ms`.padStart(9), ` ${cost}`]
    process.stdout.write(`  ${row.join(' ')}\n`)
  }

  /** The last lines; throws when a request went to the table more often, one after the other, than it may. */
  summary(seconds: number): void {
    process.stdout.write(
      `\n${this.#requests} requests in ${seconds.toFixed(1)} s; the slowest ${this.#slowest.toFixed(0)} ms; with a session at most ${this.#deepest} DynamoDB round trips one after the other, and ${this.#forKeys} for keys.\n`,
    )
    if (this.#deepest > mostSequential || this.#forKeys > 1)
      throw new Error(`a request made more than ${mostSequential} sequential round trips`)
  }

  async #trace(requestId: string): Promise<Trace | undefined> {
    const response = await fetch(`${this.#base}/_local/traces/${encodeURIComponent(requestId)}`)
    return response.ok ? ((await response.json()) as Trace) : undefined
  }
}
