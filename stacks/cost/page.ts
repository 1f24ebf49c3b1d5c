import type { Counts, Measured } from './counts.ts'
import { billOf, loadOf, totalOf } from './model.ts'
import { prices } from './prices.ts'
import { usage } from './usage.ts'

/** How many people are at work at once in each column: none, a practice, a region's practices, a country's. */
export const columns = [0, 100, 10_000, 100_000] as const

/** The document of costs, as `npm run cost` writes it. */
export function costPage(counts: Counts, measured: Record<string, Measured>): string {
  const bills = columns.map(users => billOf(users, counts, measured))
  const [idle = []] = bills
  const rows = idle.map(({ of }, index) => [of, ...bills.map(lines => dollars(lines[index]?.dollars ?? 0))])
  const totals = ['**together**', ...bills.map(lines => `**${dollars(totalOf(lines))}**`)]
  const loads = columns.slice(1).map(users => {
    const { requests, rate, concurrency, readUnits, writeUnits } = loadOf(users, counts, measured)
    return [
      users.toLocaleString('en-US'),
      short(rate),
      short(concurrency),
      short(requests),
      (readUnits / requests).toFixed(1),
      (writeUnits / requests).toFixed(1),
      `$${((totalOf(billOf(users, counts, measured)) / requests) * 1e6).toFixed(2)}`,
    ]
  })
  const heads = columns.map(users => (users === 0 ? 'idle' : users.toLocaleString('en-US')))
  return `# What a month costs

Written by \`npm run cost\` from the templates of production, from the last results in [benchmarks.md](benchmarks.md) and from list
prices of us-east-1 as they were noted in ${prices.asOf}, and not compared with AWS's pages since (those of
Lambda and of the table's units were, with what others say of them); free tiers, savings plans and agreements are left out. What people do is in \`stacks/cost/usage.ts\`, prices and the pages to compare them with in
\`stacks/cost/prices.ts\`: do that before you believe a sum.

## Dollars a month, by people at work at once

${table(['', ...heads], [...rows, totals])}

Idle is what stands there when nobody comes: nothing computes but the schedules, and no capacity is held. The most of it are alarms,
keys and the firewall's rules. \`dev\` has no edge, so it costs less still.

## What they ask

Everybody at work asks once in ${usage.secondsBetweenRequests} seconds, for ${usage.busyHours} hours of the month, by the mix of \`bench/limits/traffic.ts\`, and signs in once on each
of ${usage.daysAMonth} days. A request waits ${usage.roundTripMs} ms for each round trip to the table and computes with the share of a CPU that its memory brings.

${table(['at once', 'requests a second', 'functions at once', 'requests', 'read units each', 'write units each', 'a million requests'], loads)}

With \`tableReplica\` the table's units of writing are paid twice, once in each region. The table's writes are the most of it, and of them the audit record that every request leaves. Where the load is the same each
day, provisioned capacity that follows it costs less: a change of one line, to be made when a month has been seen.

Not in the sums: what workers do with the table's stream after a request, which the benchmark does not count in requests (sealing the
audit trail above all), and what goes by what practices do and not by how many are there: video (Chime, by the minute of each
participant), texts and mails, the clearinghouse's fee for a claim, backups, and support by AWS.
`
}

const table = (head: string[], rows: string[][]): string =>
  [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n')

const dollars = (sum: number): string => `$${sum < 10 ? sum.toFixed(2) : Math.round(sum).toLocaleString('en-US')}`
const short = (number: number): string =>
  number.toLocaleString('en-US', { maximumSignificantDigits: 3, notation: 'compact' })
