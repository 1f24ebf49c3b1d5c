import { readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Action } from '../shared/kernel/action.ts'
import type { Worker } from '../shared/kernel/worker.ts'

/** A function and its id, which is its path: `functions/claims/submit.ts` is `claims.submit`. */
export interface Entry<D extends Action | Worker = Action | Worker> {
  id: string
  domain: string
  name: string
  file: string
  declaration: D
}

/** Every function, by reading the tree: nothing is listed by hand. For synthesis and tests; no Lambda holds it. */
export async function catalogue(root = import.meta.dirname): Promise<Entry[]> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && file.includes(sep))
    .sort()
  return Promise.all(
    files.map(async file => {
      const [domain = '', name = ''] = file.slice(0, -'.ts'.length).split(sep)
      const { default: declaration } = (await import(join(root, file))) as { default: Action | Worker }
      return { id: `${domain}.${name}`, domain, name, file: join(root, file), declaration }
    }),
  )
}

export const isAction = (entry: Entry): entry is Entry<Action> => entry.declaration.kind === 'action'
export const isWorker = (entry: Entry): entry is Entry<Worker> => entry.declaration.kind === 'worker'
