import type * as z from 'zod'
import { Refusal } from '../refusal.ts'
import type { Secret } from './secret.ts'
import type { ListSecrets } from './shapes.ts'

type Input = z.output<typeof ListSecrets>
type Filter = NonNullable<Input['Filters']>[number]

/** One page of the secrets that match every filter, by age. The token is the last name of the page before. */
export function listSecrets(secrets: Secret[], input: Input): { page: Secret[]; next?: string } {
  const matching = secrets
    .filter(secret => secret.deletedAt === undefined || input.IncludePlannedDeletion)
    .filter(secret => (input.Filters ?? []).every(filter => matches(secret, filter)))
    .sort((one, other) => one.createdAt - other.createdAt || (one.name < other.name ? -1 : 1))
  if (input.SortOrder === 'desc') matching.reverse()
  const start = input.NextToken === undefined ? 0 : after(matching, input.NextToken)
  const end = start + (input.MaxResults ?? 100)
  const page = matching.slice(start, end)
  const last = page.at(-1)
  return last && end < matching.length ? { page, next: Buffer.from(last.name).toString('base64') } : { page }
}

function after(secrets: Secret[], token: string): number {
  const name = Buffer.from(token, 'base64').toString()
  const index = secrets.findIndex(secret => secret.name === name)
  if (index < 0) throw new Refusal('InvalidNextTokenException', 'The NextToken value is invalid.')
  return index + 1
}

/** Any of the values is enough; a leading `!` turns one around. Names match by prefix and case, the rest by word. */
function matches(secret: Secret, { Key, Values }: Filter): boolean {
  return Values.some(value => {
    const wanted = value.startsWith('!') ? value.slice(1) : value
    const found = fields(secret, Key).some(field =>
      Key === 'description' || Key === 'all'
        ? field.toLowerCase().includes(wanted.toLowerCase())
        : field.startsWith(wanted),
    )
    return value.startsWith('!') ? !found : found
  })
}

function fields(secret: Secret, key: Filter['Key']): string[] {
  const tagKeys = secret.tags.map(tag => tag.Key)
  const tagValues = secret.tags.map(tag => tag.Value)
  const description = secret.description === undefined ? [] : [secret.description]
  if (key === 'name') return [secret.name]
  if (key === 'description') return description
  if (key === 'tag-key') return tagKeys
  if (key === 'tag-value') return tagValues
  return key === 'all' ? [secret.name, ...description, ...tagKeys, ...tagValues] : []
}
