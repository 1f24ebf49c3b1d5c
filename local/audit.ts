import { parseArgs } from 'node:util'
import { Client } from './tour/client.ts'

const usage = `Verifies the audit trail of the running system, as its auditor, and says what is wrong with it.

  npm run audit -- verify [options]

  --from <instant>   where the period begins   (a day ago)
  --to <instant>     where it ends             (now)
  --url <url>        where the system runs     (http://localhost:3000)
  --help             this text

Exit code 0 when nothing is wrong, 1 when something is.
`

const dayAgo = new Date(Date.now() - 86_400_000).toJSON()
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string', default: dayAgo },
    to: { type: 'string', default: new Date().toJSON() },
    url: { type: 'string', default: 'http://localhost:3000' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help || positionals.join() !== 'verify') {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}

const quiet = { request: async () => {}, note: (line: string) => process.stdout.write(`${line}\n`) }
const auditor = new Client(values.url.replace(/\/$/, ''), 'auditor', quiet)
await auditor.signIn()
const { from, to } = { from: new Date(values.from).toJSON(), to: new Date(values.to).toJSON() }
const { manifests, records, findings, more } = await auditor.post('verify', '/audit-verifications', { from, to })
process.stdout.write(`${from} to ${to}: ${manifests} manifests, ${records} records of this practice in the table\n`)
for (const { kind, at } of findings) process.stdout.write(`  ${kind.padEnd(24)} ${at}\n`)
if (more > 0) process.stdout.write(`  and ${more} more\n`)
process.stdout.write(findings.length === 0 ? 'Nothing is wrong.\n' : 'The trail does not verify.\n')
process.exitCode = findings.length === 0 ? 0 : 1
