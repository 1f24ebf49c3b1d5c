import { parseArgs } from 'node:util'

/** What the command line of `npm start` asks for. */
export interface StartOptions {
  port: number
  host: string
  data: string
  reset: boolean
  watch: boolean
  pool: number
  help: boolean
}

export const usage = `Runs the whole system on this machine, from the synthesized templates.

  npm start -- [options]

  --port <n>     the API's port; the AWS endpoint takes the next one, the clearinghouse the one after  (3000)
  --host <ip>    the address that the API listens on                                                   (127.0.0.1)
  --data <dir>   where tables, queues, keys and logs are kept                                          (.local)
  --reset        begin with empty tables
  --pool <n>     how many execution environments may stand at once, of all functions together            (80)
  --no-watch     do not rebuild when a source file changes
  --help         this text
`

/** Reads the command line. Throws with a sentence for the user. */
export function readOptions(args: string[]): StartOptions {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      port: { type: 'string', default: '3000' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: '.local' },
      reset: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: true },
      pool: { type: 'string', default: '80' },
      help: { type: 'boolean', default: false },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_533) throw new Error(`Not a port: ${values.port}`)
  const pool = Number(values.pool)
  if (!Number.isInteger(pool) || pool < 1) throw new Error(`Not a number of environments: ${values.pool}`)
  return { ...values, port, pool }
}
