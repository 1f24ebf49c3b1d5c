/** The value below which `p` percent of the values lie, by the nearest rank: always one that was really seen. */
export function percentile(values: readonly number[], p: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] as number
}

/** The middle value: one slow sample on a busy machine does not move it. */
export const median = (values: readonly number[]): number => percentile(values, 50)

/** A figure with as many digits as it deserves, three: `0.123`, `12.3`, `1230`. */
export function round(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return Number(value.toFixed(Math.min(3, digits)))
}
