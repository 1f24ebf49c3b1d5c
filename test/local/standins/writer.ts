import { standins } from '../../../local/standins/index.ts'
import { serve } from '../../../local/standins/serve.ts'

// Stands in for the local run in the test of `kill -9`: serves until it is killed.
const { endpoint } = await serve(standins(process.argv[2]!).services)
process.stdout.write(`${endpoint}\n`)
