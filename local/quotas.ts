import { parseArgs } from 'node:util'
import { countsOf } from '../stacks/cost/counts.ts'
import { mustRise, quotasFor } from '../stacks/cost/quotas.ts'
import { measured, production } from './production.ts'

// Lists the quotas of an account that the templates come near to, and those that must be raised first.
const { values } = parseArgs({ options: { users: { type: 'string', default: '10000' } } })
const users = Number(values.users)
if (!Number.isInteger(users) || users < 0) {
  process.stderr.write(`--users must be a number of people, and not ${values.users}.\n`)
  process.exit(2)
}
const rows = quotasFor(users, countsOf(await production()), measured())

process.stdout.write(`Quotas of an account, with ${users.toLocaleString('en-US')} people at work at once:\n\n`)
for (const row of rows) {
  const { service, quota, code, comes, needed } = row
  const what = `${service}: ${quota}${code ? ` (${code})` : ''}`
  process.stdout.write(
    `${mustRise(row) ? 'raise' : '  ok '}  ${what.padEnd(56)} ${needed} needed, ${comes} by default\n`,
  )
}
process.stdout.write(`
A new account may have less than the default: ask for what is needed all the same.
  aws service-quotas request-service-quota-increase --service-code <service> --quota-code <code> --desired-value <needed>
Those without a code are raised by a case with AWS Support.
`)
