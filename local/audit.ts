import { parseArgs } from 'node:util'
import { saveExport } from './audit/export.ts'
import { verify } from './audit/verify.ts'
import { Client } from './tour/client.ts'

const usage = `Looks after the audit trail of the running system, as its auditor.

  npm run audit -- verify [options]     verifies it, and says what is wrong with it
  npm run audit -- export [options]     saves it as a file

  --from <instant>   where the period begins   (a day ago)
  --to <instant>     where it ends             (now)
  --format <format>  of a file: csv or fhir-ndjson   (csv)
  --out <file>       where it is saved         (audit.csv or audit.ndjson)
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
    format: { type: 'string', default: 'csv' },
    out: { type: 'string' },
    url: { type: 'string', default: 'http://localhost:3000' },
    help: { type: 'boolean', default: false },
  },
})
const [command = ''] = positionals
if (values.help || positionals.length !== 1 || !['verify', 'export'].includes(command)) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const auditor = new Client(values.url.replace(/\/$/, ''), 'auditor', { request: async () => {}, note: say })
await auditor.signIn()
const period = { from: new Date(values.from).toJSON(), to: new Date(values.to).toJSON() }
const { format, out = format === 'csv' ? 'audit.csv' : 'audit.ndjson' } = values
const well =
  command === 'verify' ? await verify(auditor, period, say) : await saveExport(auditor, { ...period, format, out }, say)
process.exitCode = well ? 0 : 1
