import { createHash, randomBytes } from 'node:crypto'
import { BatchGetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { readVersions, versionOf } from '../domain/secretVersions.ts'
import { keyBytes, open, seal } from '../kernel/box.ts'
import { isSealed } from '../kernel/port.ts'
import { Problem, type ProblemCode } from '../kernel/problem.ts'
import type { Sealing, Write } from '../kernel/write.ts'
import type { SecretVersion, SecretVersions } from '../schema/secrets.ts'
import { faults } from './faults.ts'
import { keysTableName, table } from './table.ts'

/*
 * What is written of a patient is sealed under a data key of that patient's own. The key lies in a table of its own, wrapped by a
 * secret: with it goes, at once and from every copy and backup, all that it opens. Here items are sealed on their way into the
 * table and opened on their way out, so that nothing above knows of it.
 */

type Item = Record<string, unknown>
type Whose = Pick<Sealing, 'practiceId' | 'patientId'>

/** For how long a key that was fetched is used: a destroyed one is forgotten everywhere after that. */
const keepMs = 5 * 60_000
/** Keys that one environment holds at most. */
const mostKeys = 1_000
/** Keys that one request asks for at most. */
const atOnce = 100
/** A fetch is shared by all requests that wait for it, so it must not hang for longer than one of them would. */
const patienceMs = 2_000

const kept = new Map<string, { key: Promise<Buffer | undefined>; until: number }>()
let secretOf: WrappingSecret | undefined

/** The secret that wraps the keys. It is kept for some time, and forgotten where a key was wrapped under a newer value of it. */
export interface WrappingSecret {
  read: () => Promise<string>
  forget: () => void
}

/** Tells where the secret comes from that wraps the keys. */
export function wrapWith(source: WrappingSecret): void {
  secretOf = source
}

/** For tests that destroy a key past this environment. */
export const forgetRecordKeys = (): void => kept.clear()

/** The items with their sealed fields in the place of their boxes. One whose key was destroyed is undefined: it does not exist any more. */
export async function opened<T extends Item | undefined>(items: readonly T[]): Promise<(T | undefined)[]> {
  const boxed = items.filter(item => item?.box instanceof Uint8Array)
  if (boxed.length === 0) return [...items]
  const keys = keysOf(boxed as unknown as Whose[])
  return Promise.all(
    items.map(async item => {
      if (!(item?.box instanceof Uint8Array)) return item
      const key = await keys.get(nameOf(item as unknown as Whose))
      return key && openedWith(key, item)
    }),
  )
}

function openedWith<T extends Item>(key: Buffer, item: T): T {
  const { box, ...clear } = item
  return { ...clear, ...JSON.parse(open(key, placeOf(item), box as Uint8Array).toString()) }
}

/** Begins to fetch a key whose patient is named by a partition's key, beside the read of the partition itself. */
export function foresee(pk: string): void {
  if (!secretOf || !isSealed(pk)) return
  const practiceId = /#(prc_\w+)/.exec(pk)?.[1]
  const patientId = /#(pat_\w+)$/.exec(pk)?.[1]
  // Whoever reads it waits for it too, and hears of what went wrong.
  if (practiceId && patientId) keysOf([{ practiceId, patientId } as Whose])
}

/** The writes as they go into the table: items sealed, and with the first of a patient the key that they are sealed under. */
export async function sealed(writes: readonly Write[]): Promise<Write[]> {
  const made = new Map<string, Buffer>()
  const out: Write[] = []
  for (const write of writes) {
    if (!write.seal?.makesKey) continue
    const key = randomBytes(keyBytes)
    made.set(nameOf(write.seal), key)
    out.push(await keyWrite(write.seal, key))
  }
  const others = writes.flatMap(({ seal }) => (seal && !made.has(nameOf(seal)) ? [seal] : []))
  const keys = keysOf(others)
  const all = await Promise.all(
    writes.map(async write => {
      if (!write.seal) return write
      const name = nameOf(write.seal)
      const key = made.get(name) ?? (await keys.get(name))
      if (!key) throw new Problem(whatLacks(write.seal, writes) ?? write.onConflict)
      const item = write.request.Item as Item
      const box = seal(key, placeOf(item), JSON.stringify(write.seal.values))
      return { ...write, request: { ...write.request, Item: { ...item, box } } }
    }),
  )
  return [...all, ...out]
}

/** Whoever has no key is no patient, or was erased a moment ago: the problem of what demands in this transaction that they are there. */
const whatLacks = ({ practiceId, patientId }: Whose, writes: readonly Write[]): ProblemCode | undefined =>
  writes.find(
    ({ kind, request }) => kind === 'check' && (request.Key as Item).pk === `PATIENT#${practiceId}#${patientId}`,
  )?.onConflict

async function keyWrite(whose: Whose, key: Buffer): Promise<Write> {
  return {
    kind: 'put',
    request: {
      TableName: keysTableName(),
      Item: itemOf(whose, key, await wrapping()),
      ConditionExpression: 'attribute_not_exists(pk)',
    },
    onConflict: 'conflict',
  }
}

/** A key as it lies in its table: wrapped, and by which value of the secret, unless it was the first. */
const itemOf = (whose: Whose, key: Buffer, { id, value }: SecretVersion) => ({
  ...keyOf(whose),
  wrapped: seal(wrappingKey(value), nameOf(whose), key),
  ...(id && { by: id }),
})

/** Destroys the key of a patient: nothing that was sealed under it opens again, wherever it lies. */
export const destroyKey = (whose: Whose): Write<'conflict'> => ({
  kind: 'delete',
  request: { TableName: keysTableName(), Key: keyOf(whose) },
  onConflict: 'conflict',
})

/** The keys of these patients, each once, and those that are not known here by one request for all. */
function keysOf(whose: readonly Whose[]): Map<string, Promise<Buffer | undefined>> {
  const now = Date.now()
  const asked = new Map(whose.map(each => [nameOf(each), each]))
  const found = new Map<string, Promise<Buffer | undefined>>()
  const missing: Whose[] = []
  for (const [name, each] of asked) {
    const known = kept.get(name)
    if (known && known.until > now) found.set(name, known.key)
    else missing.push(each)
  }
  for (let at = 0; at < missing.length; at += atOnce) {
    const part = missing.slice(at, at + atOnce)
    const fetched = fetchKeys(part)
    for (const each of part) {
      const name = nameOf(each)
      const key = fetched.then(keys => keys.get(name))
      keep(name, key, now)
      found.set(name, key)
    }
  }
  return found
}

function keep(name: string, key: Promise<Buffer | undefined>, now: number): void {
  kept.delete(name)
  kept.set(name, { key, until: now + keepMs })
  if (kept.size > mostKeys) kept.delete(kept.keys().next().value ?? '')
  const forget = () => {
    if (kept.get(name)?.key === key) kept.delete(name)
  }
  // One that is not there may come to be, and one that could not be fetched is asked for again.
  key.then(value => value || forget(), forget)
}

async function fetchKeys(whose: readonly Whose[]): Promise<Map<string, Buffer>> {
  const abortSignal = AbortSignal.timeout(patienceMs)
  const { versions, items } = await fetchWrapped(whose, abortSignal)
  return new Map(
    whose.flatMap(each => {
      const { pk } = keyOf(each)
      const item = items.find(item => item.pk === pk)
      return item ? [[nameOf(each), unwrapped(each, item, versions)] as const] : []
    }),
  )
}

/** The keys as they lie, and the values of the secret: anew, where one is wrapped by a value that is not known here. */
async function fetchWrapped(whose: readonly Whose[], signal: AbortSignal) {
  const [known, items] = await Promise.all([wrapping(), fetchItems(whose.map(keyOf), signal)])
  const isKnown = items.every(({ by = '' }) => versionOf(known, String(by)))
  return { items, versions: isKnown ? known : await wrapping('anew') }
}

function unwrapped(whose: Whose, { wrapped, by = '' }: Item, versions: SecretVersions): Buffer {
  const version = versionOf(versions, String(by))
  if (!version) throw new Error('a key was wrapped by a secret that is not there')
  return open(wrappingKey(version.value), nameOf(whose), wrapped as Uint8Array)
}

/**
 * Wraps the keys of these patients by the present value of the secret, where another wraps them. Answers how many. One that is
 * destroyed meanwhile stays destroyed.
 */
export async function wrapAnew(whose: readonly Whose[], signal: AbortSignal): Promise<number> {
  const { versions, items } = await fetchWrapped(whose, signal)
  let wrapped = 0
  for (const each of whose) {
    const item = items.find(({ pk }) => pk === keyOf(each).pk)
    if (!item || (item.by ?? '') === versions.id) continue
    const command = new PutCommand({
      TableName: keysTableName(),
      Item: itemOf(each, unwrapped(each, item, versions), versions),
      ConditionExpression: '#wrapped = :before',
      ExpressionAttributeNames: { '#wrapped': 'wrapped' },
      ExpressionAttributeValues: { ':before': item.wrapped },
    })
    const put = await faults(table().send(command, { abortSignal: signal })).catch((error: Error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error
    })
    if (put) wrapped++
  }
  return wrapped
}

async function fetchItems(keys: Item[], abortSignal: AbortSignal): Promise<Item[]> {
  const name = keysTableName()
  const items: Item[] = []
  let left: Item[] = keys
  while (left.length > 0) {
    const command = new BatchGetCommand({ RequestItems: { [name]: { Keys: left, ConsistentRead: true } } })
    const { Responses, UnprocessedKeys } = await faults(table().send(command, { abortSignal }))
    items.push(...(Responses?.[name] ?? []))
    left = UnprocessedKeys?.[name]?.Keys ?? []
  }
  return items
}

async function wrapping(how?: 'anew'): Promise<SecretVersions> {
  if (!secretOf) throw new Error('a sealed record was met by a function that names no port to one')
  if (how === 'anew') secretOf.forget()
  return readVersions(await secretOf.read())
}

const wrappingKey = (value: string): Buffer => createHash('sha256').update(value).digest()

const nameOf = ({ practiceId, patientId }: Whose): string => `${practiceId}#${patientId}`
const keyOf = (whose: Whose) => ({ pk: `KEY#${nameOf(whose)}`, sk: 'KEY' })

/** A box opens in its own place alone: moved to another item it is nothing. */
const placeOf = ({ pk, sk, version }: Item): string => `${pk}|${sk}|${version}`
