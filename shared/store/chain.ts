import { type ChainHead, linked } from '../domain/audit/chain.ts'
import { randomText } from '../kernel/random.ts'
import type { AuditEvent, AuditRecord } from '../schema/audit.ts'

/** Ends of this environment's chains that no write is at just now. */
const free: ChainHead[] = []

/** Thrown through `inChain` by a write of which it is certain that nothing was written. */
export class NothingWritten extends Error {
  override readonly name = 'NothingWritten'
}

/**
 * Writes an event as the next record of a chain. A write has a chain to itself: an environment writes one record at a time into
 * one chain, into as many as it writes at once, and none waits for another. After a failure of which it is not certain that
 * nothing was written the chain is left as it is and the next write begins a new one: a chain never forks and has no gap.
 */
export async function inChain<T>(event: AuditEvent, write: (record: AuditRecord) => Promise<T>): Promise<T> {
  const head = free.pop() ?? { chain: randomText(20), sequence: 0 }
  const { record, next } = linked(head, event)
  try {
    const result = await write(record)
    free.push(next)
    return result
  } catch (error) {
    if (!(error instanceof NothingWritten)) throw error
    free.push(head)
    throw error.cause
  }
}
