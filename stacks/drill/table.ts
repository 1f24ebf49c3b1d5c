import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { endpoint, signer } from '../release/aws.ts'

/** A value as DynamoDB has it on the wire, `{ S: 'text' }`. */
export type Value = Record<string, unknown>
export type Item = Record<string, Value>

/** What a key has. */
export const keyOf = ({ pk, sk }: Item): Item => ({ pk: pk as Value, sk: sk as Value })

/** A text of a key or field. */
export const textOf = (value: Value | undefined): string => String(value?.S ?? value?.N ?? '')

/** Asks DynamoDB. What it cannot do now is tried again by whoever called this function. */
export async function ask<Answer>(operation: string, input: object): Promise<Answer> {
  const answer = await signer('dynamodb').fetch(endpoint('dynamodb'), {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
    body: JSON.stringify(input),
  })
  const body = (await answer.json()) as Answer & { __type?: string }
  // The kind of an error and no more: what it says may repeat what was asked.
  if (!answer.ok) throw new Error(`${operation}: ${body.__type?.replace(/^.*#/, '') ?? answer.status}`)
  return body
}

/** The items at these keys, by their keys. */
export async function itemsAt(table: string, keys: readonly Item[]): Promise<Map<string, Item>> {
  const found = new Map<string, Item>()
  for (let at = 0; at < keys.length; at += 100) {
    let left: object | undefined = { [table]: { Keys: keys.slice(at, at + 100), ConsistentRead: true } }
    while (left && Object.keys(left).length > 0) {
      const { Responses, UnprocessedKeys }: Batch = await ask<Batch>('BatchGetItem', { RequestItems: left })
      for (const item of Responses[table] ?? []) found.set(nameOf(item), item)
      left = UnprocessedKeys
      if (left && Object.keys(left).length > 0) await setTimeout(100)
    }
  }
  return found
}

interface Batch {
  Responses: Record<string, Item[]>
  UnprocessedKeys?: object
}

export const nameOf = ({ pk, sk }: Item): string => `${textOf(pk)}|${textOf(sk)}`

/** The same for the same content, in whatever order it came. */
export const hashOf = (item: Item): string =>
  createHash('sha256')
    .update(JSON.stringify(ordered(item)))
    .digest('hex')

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, inner]) => [name, /^(SS|NS|BS)$/.test(name) ? [...(inner as string[])].sort() : ordered(inner)]),
  )
}
