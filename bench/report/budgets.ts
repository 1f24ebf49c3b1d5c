/** What a figure may not exceed, and why a benchmark fails. Everything else is for information. */
export const budgets = {
  /** DynamoDB round trips that follow each other in an authenticated request that succeeds. */
  sequential: 3,
  /** Round trips, beside those, that fetch the keys of sealed records: none once the environment has them. */
  keyTrips: 1,
  /** KB (1,024 bytes) of a function's bundle. */
  bundleKb: 500,
  /** CPU time of a cold import, as a multiple of that of a handler which bundles the DynamoDB client alone. */
  coldRatio: 2,
  /** Write units that one partition takes in a second: DynamoDB's own limit. */
  partitionUnits: 1_000,
} as const

/** One sentence when a figure is over its budget, none when it is within. What was not measured is over: it proves nothing. */
export function over(budget: keyof typeof budgets, what: string, figure: number): string[] {
  if (figure <= budgets[budget]) return []
  // With a decimal more than the tables show: 500.4 is over, and must not read as 500.
  return [`${what}: ${Number(figure.toFixed(2))} ${units[budget]}, and ${budgets[budget]} is the most`]
}

const units: Record<keyof typeof budgets, string> = {
  sequential: 'sequential round trips',
  keyTrips: 'fetches of keys, one after the other',
  bundleKb: 'KB',
  partitionUnits: 'write units a second',
  coldRatio: '× the cold import of a bare DynamoDB handler',
}
