import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const text = readFileSync(resolve(import.meta.dirname, '..', '..', 'docs', 'data-model.md'), 'utf8')

/** The rows of the table below a heading of the document, by the names of its columns. */
function rows(heading: string): Record<string, string>[] {
  const section = text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const lines = section.split('\n').filter(line => line.startsWith('|'))
  const cellsOf = (line: string) =>
    line
      .slice(1, -1)
      .split('|')
      .map(cell => cell.trim())
  const names = cellsOf(lines[0] ?? '')
  return lines.slice(2).map(line => Object.fromEntries(cellsOf(line).map((cell, index) => [names[index] ?? '', cell])))
}

const plain = (cell: string | undefined) => (cell ?? '').replaceAll('`', '')

/** `CLAIM#<practice>#<claim>` as a pattern of real keys. */
const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/<[^>]+>/g, '[^#]+')}$`)

export interface DocumentedEntity {
  name: string
  pk: RegExp
  sk: RegExp
  /** By index: the patterns of its partition and sort key; and whether an item may be without. */
  indexes: Record<string, { pk: RegExp; sk: RegExp; sparse: boolean }>
  /** By local index: the pattern of its sort key; and whether an item may be without. */
  local: Record<string, { sk: RegExp; sparse: boolean }>
  ttl: boolean
  /** Whether an item may be without. */
  ttlIsSparse: boolean
  versioned: boolean
}

/** The rows of the few entities that have another order inside their partitions. */
const localIndexes = rows('Local indexes')

export const entities: DocumentedEntity[] = rows('Entities').map(row => ({
  name: row.entity ?? '',
  pk: patternOf(plain(row.pk)),
  sk: patternOf(plain(row.sk)),
  indexes: Object.fromEntries(
    ['gsi1', 'gsi2', 'gsi3'].flatMap(index => {
      const [pk, sk] = [...(row[index] ?? '').matchAll(/`([^`]+)`/g)].map(match => match[1] ?? '')
      return pk && sk
        ? [[index, { pk: patternOf(pk), sk: patternOf(sk), sparse: / where /.test(row[index] ?? '') }]]
        : []
    }),
  ),
  local: Object.fromEntries(
    localIndexes
      .filter(({ entity }) => entity === row.entity)
      .map(({ index = '', sk = '' }) => [
        plain(index),
        { sk: patternOf(plain(/`[^`]+`/.exec(sk)?.[0])), sparse: / where /.test(sk) },
      ]),
  ),
  ttl: row.ttl !== '',
  ttlIsSparse: / where /.test(row.ttl ?? ''),
  versioned: row.versioned === 'yes',
}))

/** By entity that is sealed, the fields that are not. */
export const sealedEntities = new Map(
  rows('Sealed records').map(({ entity = '', open = '' }) => [
    entity,
    new Set([...open.matchAll(/`(\w+)`/g)].map(match => match[1])),
  ]),
)

/** The documented patterns: the repository's function, and the request that serves it. */
export const patterns = rows('Access patterns').map(({ pattern, request }) => ({
  id: plain(pattern),
  request: request ?? '',
}))

export const builders = rows('Writes').map(({ builder }) => plain(builder))
