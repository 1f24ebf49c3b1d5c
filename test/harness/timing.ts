/** The time that answers of one kind took, in milliseconds. */
type Times = readonly number[]

/** The median, with the ranks between which the true one lies in 999 of 1,000 samplings, whatever the distribution. */
function medianOf(times: Times): { median: number; low: number; high: number } {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (rank: number) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(rank)))] ?? 0
  const middle = (sorted.length - 1) / 2
  // A binomial's width: 3.29 standard deviations hold 99.9 %.
  const reach = (3.29 * Math.sqrt(sorted.length)) / 2
  return { median: at(middle), low: at(middle - reach), high: at(middle + reach) }
}

/** The millisecond that no network lets through: an answer without a hash takes but a few. */
const perceptible = 1

/** Whether the medians are within a tenth, or within what a network hides. */
export function alike(one: Times, other: Times): boolean {
  const [a, b] = [medianOf(one).median, medianOf(other).median]
  return Math.abs(Math.log(a / b)) < Math.log(1.1) || Math.abs(a - b) < perceptible
}

/**
 * Whether the samples prove that the medians are more than a tenth, and more than a millisecond, apart. A busy machine widens what
 * the true medians may be, and so proves nothing; a hash left out, or a round trip more, stands out of any noise.
 */
export function provenApart(one: Times, other: Times): boolean {
  const [fast, slow] = [medianOf(one), medianOf(other)].sort((a, b) => a.median - b.median) as [
    ReturnType<typeof medianOf>,
    ReturnType<typeof medianOf>,
  ]
  return slow.low > fast.high * 1.1 && slow.low - fast.high > perceptible
}

/** What a failed comparison says: each median, with what it may be. */
export function compared(one: Times, other: Times): string {
  return [one, other]
    .map(medianOf)
    .map(({ median, low, high }) => `${median.toFixed(1)} ms (${low.toFixed(1)} to ${high.toFixed(1)})`)
    .join(' against ')
}
