import { budgets, over } from '../report/budgets.ts'
import { round } from '../report/figures.ts'
import type { Section } from '../report/section.ts'
import { traffic } from './traffic.ts'
import { writes } from './writes.ts'

const shown = 12

/** One partition of the table, or of one of its indexes, and the write units that it takes in a second. */
export interface Partition {
  where: 'table' | 'gsi1' | 'gsi2' | 'gsi3'
  key: string
  units: number
}

/**
 * The partitions that take most at a hundred thousand users at once: all items that limiter, gate, sessions and audit trail
 * write, at the keys that the stores make, in units of a kilobyte as DynamoDB counts them.
 */
export async function hottest(): Promise<Partition[]> {
  const partitions = new Map<string, Partition>()
  const add = (where: Partition['where'], key: unknown, units: number) => {
    if (typeof key !== 'string') return
    const known = partitions.get(where + key)
    if (known) known.units += units
    else partitions.set(where + key, { where, key, units })
  }
  for await (const { item, perSecond, transaction } of writes()) {
    const units = Math.ceil(sizeOf(item) / 1_024) * perSecond
    add('table', item.pk, transaction ? 2 * units : units)
    // A local index holds keys alone, in the partition itself.
    for (const local of ['lsi1sk', 'lsi2sk']) if (item[local]) add('table', item.pk, perSecond)
    for (const index of ['gsi1', 'gsi2', 'gsi3'] as const) add(index, item[`${index}pk`], units)
  }
  return [...partitions.values()].sort((a, b) => b.units - a.units)
}

/** The section of `npm run bench`: the hottest partition of each kind, and those that are over what one can take. */
export async function measureHotKeys(): Promise<Section> {
  const all = await hottest()
  const kinds = new Map<string, Partition>()
  for (const each of all) {
    const kind = `${each.where} ${kindOf(each.key)}`
    if (!kinds.has(kind)) kinds.set(kind, each)
  }
  const top = [...kinds].slice(0, shown)
  return {
    title: `Hot keys at ${traffic.users} users at once`,
    rows: top.map(([kind, { units }]) => ({ partition: kind, 'write units/s': round(units) })),
    notes: [
      `${all.length} partitions; one can take ${budgets.partitionUnits} units a second; the traffic is bench/limits/traffic.ts`,
    ],
    missed: top.flatMap(([kind, { units }]) => over('partitionUnits', kind, units)),
  }
}

/** `AUDIT#prc_…#ENTITY#Patient#list` without what is one practice's, person's or day's. */
const kindOf = (key: string): string =>
  key
    .split('#')
    .map(part =>
      /^[A-Z]+$|^[A-Z][A-Za-z]+$|^(list|read|write|credential|mfa-\w+|anonymous|platform)$/.test(part) ? part : '…',
    )
    .join('#')

/** About what DynamoDB counts an item as: names and values as UTF-8, and a byte or more for what holds others. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1
  if (typeof value !== 'object' || value === null) return 1
  if (Array.isArray(value)) return value.reduce((sum, each) => sum + 1 + sizeOf(each), 3)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return fields.reduce((sum, [name, field]) => sum + name.length + 1 + sizeOf(field), 3)
}
