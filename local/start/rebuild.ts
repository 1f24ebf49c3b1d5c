import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { functionFor } from './names.ts'

// Run in a process of its own, so that it reads the sources as they are now:
//   node local/start/rebuild.ts <destination> <function name ...>
// Bundles the functions of these deployed names, copies each to `<destination>/<name>` and prints the names as JSON.

const [destination = '', ...names] = process.argv.slice(2)
const root = join(import.meta.dirname, '..', '..')

interface Entry {
  id: string
}
type Bundled = Map<string, string> | { dirs: Map<string, string> }

const load = <Exports>(file: string) => import(join(root, file)) as Promise<Exports>
const { catalogue } = await load<{ catalogue(): Promise<Entry[]> }>('functions/catalogue.ts')
const { bundle } = await load<{ bundle(entries?: Entry[]): Promise<Bundled> }>('stacks/bundle.ts')

const wanted = new Map((await catalogue()).map(entry => [functionFor(entry.id, names), entry]))
wanted.delete(undefined)
const built = wanted.size ? await bundle([...wanted.values()]) : new Map<string, string>()
const dirs = built instanceof Map ? built : built.dirs
for (const [name, { id }] of wanted) cpSync(dirs.get(id)!, join(destination, name!), { recursive: true })
process.stdout.write(JSON.stringify([...wanted.keys()]))
