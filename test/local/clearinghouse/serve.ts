/** A stand-in in a process of its own, to be killed: prints its url. Argument: its data directory. */
import { startClearinghouse } from '../../../local/clearinghouse/server.ts'

const { url } = await startClearinghouse({ port: 0, dataDir: process.argv[2]!, apiKey: 'test-key' })
process.stdout.write(`${url}\n`)
