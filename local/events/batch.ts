import type { Result } from '../lambda/pool.ts'

/** Runs a function with an event, given as JSON text. */
export type Invoke = (functionName: string, event: string) => Promise<Result>

/**
 * The ids that a function reported as failed, out of those that it was given. Undefined means the whole batch failed: the
 * function threw, or its answer is not a valid report.
 */
export function failedItems(result: Result, reports: boolean, ids: string[]): Set<string> | undefined {
  if (result.functionError) return undefined
  if (!reports) return new Set()
  const { batchItemFailures } = (JSON.parse(result.payload) ?? {}) as { batchItemFailures?: unknown }
  if (batchItemFailures === undefined || batchItemFailures === null) return new Set()
  if (!Array.isArray(batchItemFailures)) return undefined
  const failed = batchItemFailures.map(item => (item as { itemIdentifier?: string } | null)?.itemIdentifier)
  if (failed.some(id => !id || !ids.includes(id))) return undefined
  return new Set(failed as string[])
}
