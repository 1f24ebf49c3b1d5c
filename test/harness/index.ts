import { createHash, randomInt } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { catalogue, type Entry, isAction, isWorker } from '../../functions/catalogue.ts'
import { type Planted, plantPractice } from '../../local/seed/plant.ts'
import { csrfToken } from '../../shared/domain/cookies.ts'
import type { Action } from '../../shared/kernel/action.ts'
import type { AssuranceLevel } from '../../shared/kernel/actor.ts'
import { idsAt, randomText } from '../../shared/kernel/random.ts'
import { splitRoute } from '../../shared/kernel/route.ts'
import { consume } from '../../shared/pipeline/consume.ts'
import { serve } from '../../shared/pipeline/serve.ts'
import { gatesOf, workerGates } from '../../shared/ports/gates.ts'
import type { AuditEvent } from '../../shared/schema/audit.ts'
import type { Role, User } from '../../shared/schema/identity.ts'
import type { PatientId, PracticeId } from '../../shared/schema/ids.ts'
import { dayKeys } from '../../shared/store/audit.ts'
import { opened, sealed } from '../../shared/store/sealing.ts'
import { sessions } from '../../shared/store/sessions.ts'
import { userKey } from '../../shared/store/users.ts'
import { place } from './place.ts'

export { ownPlace, place } from './place.ts'

/** The password of every planted user. */
export const password = 'a-long-test-password'

type Item = Record<string, unknown>

const entries = new Map((await catalogue()).map(entry => [entry.id, entry]))
const credentials = { accessKeyId: 'OPERATOR', secretAccessKey: 'local' }

/** The table itself, past all code of ours: for looking at what is really there. */
export const table = DynamoDBDocumentClient.from(
  new DynamoDBClient({ endpoint: place.environment.AWS_ENDPOINT_URL_DYNAMODB, region: 'us-east-1', credentials }),
  { marshallOptions: { removeUndefinedValues: true } },
)

export interface Call {
  params?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
  headers?: Record<string, string>
  /** A body that is not what the client said it is. */
  rawBody?: string
  sourceIp?: string
  /** In place of the session's one cookie. */
  cookies?: string[]
  /** Milliseconds that the function has. */
  remaining?: number
}

export interface Answer {
  status: number
  headers: Record<string, string>
  cookies: string[]
  // A test looks into what came back; the pipeline's own reply check has held it against its schema.
  // biome-ignore lint/suspicious/noExplicitAny: replies have many shapes
  body: any
}

/** Sends a request through the whole pipeline of an action, as API Gateway would. */
export async function call(actionId: string, request: Call & { token?: string } = {}): Promise<Answer> {
  const entry = entries.get(actionId)
  if (!entry || !isAction(entry)) throw new Error(`there is no action ${actionId}`)
  const result = (await handlerOf(entry)(
    eventOf(entry, request),
    contextOf(request.remaining),
  )) as APIGatewayProxyStructuredResultV2
  const text = result.body ?? ''
  const headers = result.headers as Record<string, string>
  return {
    status: result.statusCode ?? 0,
    headers,
    cookies: result.cookies ?? [],
    body: text && headers['content-type']?.includes('json') ? JSON.parse(text) : text,
  }
}

/** Hands a worker its event. */
export async function work(workerId: string, event: unknown, remaining?: number) {
  const entry = entries.get(workerId)
  if (!entry || !isWorker(entry)) throw new Error(`there is no worker ${workerId}`)
  return consume(
    entry.declaration,
    entry.id,
    workerGates(entry.declaration),
  )(event as never, contextOf(remaining)) as Promise<{
    batchItemFailures: { itemIdentifier: string }[]
  }>
}

export const sqsEvent = (...messages: object[]) => ({
  Records: messages.map((message, index) => ({ messageId: `m${index}`, body: JSON.stringify(message) })),
})

/** A client with a session. */
export interface Client {
  user: User
  token: string
  call: (actionId: string, request?: Call) => Promise<Answer>
}

/** A practice of this test alone, with a client of every role. */
export async function newPractice({ passwordHash = cheapHash }: { passwordHash?: string } = {}) {
  const now = new Date().toJSON()
  const planted = await plantPractice({
    slug: `t-${randomText(10).toLowerCase()}`,
    newId: kind => idsAt(now)(kind),
    now,
    passwordHash,
  })
  return {
    ...planted,
    as: (role: Role, aal: AssuranceLevel = 'aal2') => signIn(planted, role, aal),
    /** The practice's whole audit trail, oldest first. */
    trail: () => trailOf(planted.practice.practiceId),
    /** What the practice's trail says of the request that was answered so. */
    recordsOf: (answer: Answer) => recordsOf(planted.practice.practiceId, answer),
  }
}

export type TestPractice = Awaited<ReturnType<typeof newPractice>>

/** Every item of the table whose key begins so, as it lies there. For tests only: nothing of ours scans. */
export const storedItemsLike = (prefix: string) => scan('begins_with(pk, :value)', prefix)

/** The same as they were before they were sealed, those that nobody can open any more left out. */
export const itemsLike = async (prefix: string) => (await opened(await storedItemsLike(prefix))).filter(item => !!item)

/** Every item of a practice, whatever it is, in the order of keys. */
export async function itemsOf(practiceId: string): Promise<Record<string, unknown>[]> {
  const items = await scan('practiceId = :value OR contains(pk, :value)', practiceId)
  return items.sort((a, b) => (`${a.pk}|${a.sk}` < `${b.pk}|${b.sk}` ? -1 : 1))
}

async function scan(filter: string, value: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  let from: Record<string, unknown> | undefined
  do {
    const page = await table.send(
      new ScanCommand({
        TableName: place.environment.TABLE_NAME,
        FilterExpression: filter,
        ExpressionAttributeValues: { ':value': value },
        ExclusiveStartKey: from,
        ConsistentRead: true,
      }),
    )
    items.push(...(page.Items ?? []))
    from = page.LastEvaluatedKey
  } while (from)
  return items
}

/** Every item of one partition, or of one of an index, as they were before they were sealed. */
export const itemsAt = async (pk: string, index?: 'gsi1' | 'gsi2' | 'gsi3') =>
  (await opened(await storedItemsAt(pk, index))).filter(item => !!item)

/** The same as they lie there. */
async function storedItemsAt(pk: string, index?: 'gsi1' | 'gsi2' | 'gsi3'): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  let from: Record<string, unknown> | undefined
  do {
    const page = await table.send(
      new QueryCommand({
        TableName: place.environment.TABLE_NAME,
        IndexName: index,
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': `${index ?? ''}pk` },
        ExpressionAttributeValues: { ':pk': pk },
        ExclusiveStartKey: from,
        ConsistentRead: !index,
      }),
    )
    items.push(...(page.Items ?? []))
    from = page.LastEvaluatedKey
  } while (from)
  return items
}

/** Puts an item as it stands, past all code of ours. */
export const plant = (Item: Record<string, unknown>) =>
  table.send(new PutCommand({ TableName: place.environment.TABLE_NAME, Item }))

/** Puts an item that lies there again with other values, sealed if it was. */
export async function replant(stored: Item, change: (item: Item) => Item) {
  const [item] = await opened([stored])
  if (!item) throw new Error('nobody can open this item any more')
  const { box, ...open } = stored
  const changed = change(item)
  if (!box) return plant(changed)
  const fields = Object.entries(changed)
  const [write] = await sealed([
    {
      kind: 'put',
      request: { Item: Object.fromEntries(fields.filter(([name]) => name in open)) },
      onConflict: 'conflict',
      seal: {
        practiceId: open.practiceId as PracticeId,
        patientId: open.patientId as PatientId,
        values: Object.fromEntries(fields.filter(([name]) => !(name in open))),
        makesKey: false,
      },
    },
  ])
  return plant(write?.request.Item as Item)
}

/** Takes an item away, past all code of ours. */
export const unplant = (Key: Record<string, unknown>) =>
  table.send(new DeleteCommand({ TableName: place.environment.TABLE_NAME, Key }))

/** An address that nobody has called from: limits by address count over the whole table, which all tests share. */
export const freshAddress = (): string =>
  `2001:db8:${randomInt(65_536).toString(16)}:${randomInt(65_536).toString(16)}::1`

/** What a practice's trail, or that of the `platform`, says of the request that was answered so. */
export async function recordsOf(practiceId: string, { headers }: Pick<Answer, 'headers'>): Promise<AuditEvent[]> {
  const today = Date.now()
  const days = [today - 86_400_000, today].map(day => new Date(day).toJSON().slice(0, 10))
  const shards = days.flatMap(day => dayKeys(practiceId, day))
  const items = (await Promise.all(shards.map(shard => itemsAt(shard)))).flat() as unknown as AuditEvent[]
  return items.filter(({ requestId }) => requestId === headers['x-request-id'])
}

async function trailOf(practiceId: string): Promise<AuditEvent[]> {
  const items = (await itemsLike(`AUDIT#${practiceId}#`)) as unknown as AuditEvent[]
  return items.sort((a, b) => (a.auditEventId < b.auditEventId ? -1 : 1))
}

/** A planted user, in the epoch that they are in by now: sessions of an earlier one are over. */
export async function inEpoch(user: User): Promise<User> {
  const { pk, sk } = userKey(user.practiceId, user.userId)
  const { Item } = await table.send(
    new GetCommand({ TableName: place.environment.TABLE_NAME, Key: { pk, sk }, ConsistentRead: true }),
  )
  return { ...user, sessionEpoch: Number(Item?.sessionEpoch ?? user.sessionEpoch) }
}

async function signIn({ users }: Planted, role: Role, aal: AssuranceLevel): Promise<Client> {
  const user = await inEpoch(users[role])
  const now = new Date().toJSON()
  const binding = { now, signal: AbortSignal.timeout(10_000) }
  const next = aal === 'pending' ? (user.factors.length > 0 ? 'mfa-verify' : 'mfa-setup') : 'none'
  const { write, token } = sessions(binding).open(user, idsAt(now)('ses'), {
    aal,
    amr: ['pwd', 'otp'],
    next,
    ...(aal !== 'pending' && { verifiedAt: now }),
  })
  await plant(write.request.Item as Record<string, unknown>)
  return { user, token, call: (actionId, request) => call(actionId, { token, ...request }) }
}

const handlers = new Map<string, ReturnType<typeof serve>>()

function handlerOf(entry: Entry & { declaration: { kind: 'action' } }) {
  const known = handlers.get(entry.id) ?? serve(entry.declaration, entry.id, gatesOf(entry.declaration))
  handlers.set(entry.id, known)
  return known
}

function eventOf(
  { declaration }: Entry & { declaration: { kind: 'action' } },
  {
    params = {},
    query = {},
    body,
    rawBody,
    headers = {},
    token,
    sourceIp = '192.0.2.10',
    cookies,
  }: Call & { token?: string },
): APIGatewayProxyEventV2 {
  const { method, path } = splitRoute(declaration.route)
  const form = (declaration as Action).form === 'only'
  const written = form ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body)
  const text = rawBody ?? (body === undefined ? undefined : written)
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json'
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? '')),
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      host: 'portal.example',
      ...(text !== undefined && { 'content-type': type }),
      ...(token && method !== 'GET' && { 'sec-fetch-site': 'same-origin', 'x-csrf': csrfToken(token) }),
      ...headers,
    },
    ...(cookies ? { cookies } : token && { cookies: [`__Host-sid=${token}`] }),
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    ...(Object.keys(params).length > 0 && { pathParameters: params }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: 'portal.example',
      domainPrefix: 'portal',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent: 'vitest' },
      requestId: randomText(16),
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '',
      timeEpoch: Date.now(),
    },
    ...(text !== undefined && { body: text }),
    isBase64Encoded: false,
  } as APIGatewayProxyEventV2
}

function contextOf(remaining = 20_000): Context {
  const end = Date.now() + remaining
  return { awsRequestId: randomText(16), getRemainingTimeInMillis: () => end - Date.now() } as Context
}

/** No password has this hash; a test that signs in sets a real one. Hashing one for every test would take most of its time. */
const cheapHash = `$argon2id$v=19$m=65536,t=3,p=1$${createHash('sha256').update('salt').digest('base64').slice(0, 22)}$${createHash('sha256').update('none').digest('base64').slice(0, 43)}`
