import { Problem } from '../kernel/problem.ts'

/** Names of faults that pass: the same request may succeed a moment later. */
const passing = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'InternalServerError',
  'ServiceUnavailable',
  'TransactionInProgressException',
  // A write that met a transaction on the same item: a code that is tried while another is accepted.
  'TransactionConflictException',
  'TimeoutError',
  'AbortError',
])

/** Waits for a call to the table and translates its faults once, here: nothing above knows the SDK's errors. */
export async function faults<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    const lost = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '')
    if (passing.has(name) || lost) throw new Problem('unavailable', { retryAfter: 1, cause: error })
    throw error
  }
}
