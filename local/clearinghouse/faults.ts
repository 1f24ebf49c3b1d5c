/** What can be made to go wrong. */
export const faultKinds = [
  'accept-then-timeout',
  'rate-limit',
  'unavailable',
  'duplicate-acknowledgements',
  'out-of-order',
  'slow',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** The call that a fault waits for: a submission, a search for one, or any call about inbound files. */
export const faultPlaces = ['submit', 'find', 'inbound'] as const
export type FaultPlace = (typeof faultPlaces)[number]

export interface Fault {
  kind: FaultKind
  /** How many calls it spoils before it is over, 1 to 1000; 1 unless told. */
  count?: number
  /** `submit` unless told. Only `rate-limit`, `unavailable` and `slow` can be elsewhere. */
  at?: FaultPlace
  /** Milliseconds that `slow` adds, at most 60000; 2000 unless told. */
  delay?: number
  /** Seconds in the Retry-After of `rate-limit` and `unavailable`; 1 unless told. */
  retryAfter?: number
}

/** The faults that are armed. Each is spent by use, so that a forgotten one cannot spoil a run for good. */
export class Faults {
  #armed: Required<Fault>[] = []

  /** Throws a RangeError for a fault that makes no sense. */
  arm(fault: Fault) {
    const { kind, count = 1, at = 'submit', delay = 2_000, retryAfter = 1 } = fault
    const anywhere = kind === 'rate-limit' || kind === 'unavailable' || kind === 'slow'
    if (!faultKinds.includes(kind)) throw new RangeError(`kind must be one of ${faultKinds.join(', ')}`)
    if (!faultPlaces.includes(at)) throw new RangeError(`at must be one of ${faultPlaces.join(', ')}`)
    if (at !== 'submit' && !anywhere) throw new RangeError(`${kind} happens at submit only`)
    if (!within(count, 1, 1_000)) throw new RangeError('count must be a whole number from 1 to 1000')
    if (!within(delay, 0, 60_000)) throw new RangeError('delay must be a whole number from 0 to 60000')
    if (!within(retryAfter, 0, 3_600)) throw new RangeError('retryAfter must be a whole number from 0 to 3600')
    this.#armed.push({ kind, count, at, delay, retryAfter })
  }

  clear() {
    this.#armed = []
  }

  /** What is still armed. */
  list(): Required<Fault>[] {
    return structuredClone(this.#armed)
  }

  /** Uses one count of the oldest armed fault of this kind and place, if there is one. */
  spend(kind: FaultKind, at: FaultPlace = 'submit'): Required<Fault> | undefined {
    const fault = this.#armed.find(each => each.kind === kind && each.at === at)
    if (!fault) return undefined
    fault.count -= 1
    if (fault.count === 0) this.#armed = this.#armed.filter(each => each !== fault)
    return fault
  }
}

const within = (value: number, from: number, to: number): boolean =>
  Number.isInteger(value) && value >= from && value <= to
