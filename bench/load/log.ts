/** What was heard between `begin` and `end`: latencies in milliseconds, of all requests and of each step, and failures. */
export class Log {
  readonly all: number[] = []
  readonly steps = new Map<string, number[]>()
  readonly failures = new Map<string, number>()
  failed = 0
  /** The moment of the beginning, in milliseconds since the epoch. */
  from = Number.POSITIVE_INFINITY
  #open = false

  begin(): void {
    this.from = Date.now()
    this.#open = true
  }

  end(): void {
    this.#open = false
  }

  hear = (step: string, ms: number, failure?: string): void => {
    // Known from the first journey on, which begins alone: so the steps are in its order.
    const known = this.steps.get(step) ?? []
    this.steps.set(step, known)
    if (!this.#open) return
    this.all.push(ms)
    known.push(ms)
    if (!failure) return
    this.failed++
    const what = `${step} ${failure}`
    this.failures.set(what, (this.failures.get(what) ?? 0) + 1)
  }
}
