import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { itemsAt, work } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'

/** The event by which the schedule calls a cleanup. */
const scheduled = (name: string): unknown =>
  JSON.parse(
    readFileSync(resolve(import.meta.dirname, '..', '..', '..', 'events', 'maintenance', `${name}.json`), 'utf8'),
  )

/** Runs a cleanup, and answers how many it says that it removed. Other tests' leftovers may be among them. */
export async function sweep(name: string, metric: string, remaining?: number): Promise<number> {
  const output = await outputOf(() => work(`maintenance.${name}`, scheduled(name), remaining))
  return removedBy(output, name, metric)
}

/** What a cleanup's metric says, in CloudWatch's embedded format. */
export function removedBy(output: string, name: string, metric: string): number {
  const lines = output.split('\n').filter(line => line.includes('"_aws"'))
  const found = lines
    .map(line => JSON.parse(line))
    .filter(line => metric in line && line.action === `maintenance.${name}`)
  if (found.length === 0) throw new Error(`${name} emitted no ${metric}`)
  return found.reduce((sum, line) => sum + line[metric], 0)
}

/** How many of these items are still there. */
export const left = async (keys: readonly { pk: string; sk: string }[]): Promise<number> => {
  const partitions = await Promise.all([...new Set(keys.map(({ pk }) => pk))].map(pk => itemsAt(pk)))
  const there = new Set(partitions.flat().map(({ pk, sk }) => `${pk}|${sk}`))
  return keys.filter(({ pk, sk }) => there.has(`${pk}|${sk}`)).length
}
