import type { Cloud } from '../cloud.ts'

type Row = [name: string, value: string]

/** What a started run tells its user: where everything is, whom to sign in as, and what to do next. */
export function announce(facts: { cloud: Cloud; clearinghouse: string; credentials: Row[]; seconds: number }): string {
  const { cloud, clearinghouse, credentials, seconds } = facts
  const places: Row[] = [
    ['API', `${cloud.url}/api/v1`],
    ['Operations', `${cloud.url}/api/v1/docs`],
    ['Mail and texts', `${cloud.url}/_local/outbox`],
    ['Logs', `${cloud.url}/_local/logs`],
    ['AWS endpoint', `${cloud.awsUrl}  (access key OPERATOR)`],
    ['Clearinghouse', clearinghouse],
  ]
  const list = (rows: Row[]) => rows.map(([name, value]) => `  ${name.padEnd(16)}${value}`)
  return [
    `\nReady in ${seconds.toFixed(1)} s.\n`,
    ...list(places),
    '\n  Demo users',
    ...list(credentials),
    '\n  Next: npm run tour     Stop: Ctrl-C\n',
  ].join('\n')
}
