import { createHash } from 'node:crypto'
import { type Answer, problem } from './answer.ts'
import type { Faults } from './faults.ts'
import type { Store, Stored } from './store.ts'
import { type Reply, replyTo } from './x12/replies.ts'
import { cut } from './x12/segments.ts'

/** Takes submissions in, each once, however often it is sent. */
export class Intake {
  readonly #store: Store
  readonly #faults: Faults
  readonly #payers: readonly string[] | undefined
  readonly #inFlight = new Set<string>()

  constructor(store: Store, faults: Faults, payers?: readonly string[]) {
    this.#store = store
    this.#faults = faults
    this.#payers = payers
  }

  /** Runs `take` unless a call with this key is still on its way: that is a 409. The client sends again, later. */
  async alone(key: Key, take: (key: string) => Promise<Answer | undefined>): Promise<Answer | undefined> {
    if (typeof key !== 'string' || key === '') return problem(400, 'an Idempotency-Key is needed')
    if (this.#inFlight.has(key)) return problem(409, 'a call with this Idempotency-Key is in flight')
    this.#inFlight.add(key)
    try {
      return await take(key)
    } finally {
      this.#inFlight.delete(key)
    }
  }

  /**
   * 202 with the submission's id; 200 with the same for the same key and bytes; 422 for the same key and other bytes;
   * 400 when the bytes are no interchange. Undefined when the answer is lost.
   */
  submit(key: string, bytes: Buffer): Answer | undefined {
    const digest = createHash('sha256').update(bytes).digest('hex')
    const known = this.#store.findKey(key)
    if (known && known.digest !== digest) return problem(422, 'the Idempotency-Key was used with other bytes')
    if (known) return { status: 200, body: receipt(known) }

    const interchange = cut(bytes.toString('latin1'))
    if ('errors' in interchange) return problem(400, ...interchange.errors)
    const [sender, controlNumber] = [interchange.isa[6]!, interchange.isa[13]!]
    const now = new Date()
    const replies = replyTo(interchange, {
      now,
      duplicate: this.#store.isUsed(sender, controlNumber),
      payers: this.#payers,
      nextControlNumber: () => this.#store.nextControlNumber(),
    })
    const body = bytes.toString('latin1')
    const received = { key, digest, sender, controlNumber, body, receivedAt: now.toISOString() }
    const stored = this.#store.take({ ...received, replies: this.#disturb(replies) })
    return this.#faults.spend('accept-then-timeout') ? undefined : { status: 202, body: receipt(stored) }
  }

  #disturb(replies: Reply[]): Reply[] {
    const ordered = this.#faults.spend('out-of-order') ? replies.toReversed() : replies
    return this.#faults.spend('duplicate-acknowledgements') ? ordered.flatMap(reply => [reply, reply]) : ordered
  }
}

type Key = string | string[] | undefined

const receipt = ({ submissionId, controlNumber }: Stored) => ({ submissionId, controlNumber })
