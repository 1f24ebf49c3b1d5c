import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type {
  APIGatewayProxyEventV2,
  AttributeValue,
  DynamoDBStreamEvent,
  EventBridgeEvent,
  SQSEvent,
} from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { catalogue, isAction, isWorker } from '../../functions/catalogue.ts'
import { isSafe, splitRoute } from '../../shared/kernel/route.ts'
import { bodyOf } from '../generated/samples.ts'

const root = resolve(import.meta.dirname, '..', '..')
const entries = await catalogue()

describe('every function', () => {
  it('has exactly one sample, and no sample is left over', () => {
    const samples = readdirSync(join(root, 'events'), { recursive: true, encoding: 'utf8' })
      .filter(file => file.includes('.'))
      .map(file => file.split(sep).join('/'))
    expect(samples.sort()).toEqual(entries.map(({ domain, name }) => `${domain}/${name}.json`).sort())
  })

  it('has a test', () => {
    const missing = entries
      .map(({ domain, name }) => `test/functions/${domain}/${name}.test.ts`)
      .filter(file => !existsSync(join(root, file)))
    expect(missing, `these tests are missing:\n${missing.join('\n')}`).toEqual([])
  })
})

describe.each(entries.filter(isAction))('the sample of $id', ({ domain, name, declaration }) => {
  const event = read<APIGatewayProxyEventV2>(domain, name)
  const { method, path } = splitRoute(declaration.route)

  it('is a request of its route', () => {
    const params = event.pathParameters ?? {}
    const asked = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ''))
    expect(event).toMatchObject({ version: '2.0', routeKey: `${method} ${path}`, rawPath: asked })
    expect(event.requestContext).toMatchObject({
      http: { method, path: asked, sourceIp: '192.0.2.10' },
      routeKey: event.routeKey,
      stage: '$default',
    })
    expect(Object.fromEntries(new URLSearchParams(event.rawQueryString))).toEqual(event.queryStringParameters ?? {})
  })

  it('shows a session where one is needed, and a proof of its page where it changes something', () => {
    const signedIn = declaration.allow !== 'anyone'
    expect(event.cookies?.[0] ?? '').toMatch(signedIn ? /^__Host-sid=./ : /^$/)
    expect('x-csrf' in event.headers).toBe(signedIn && !isSafe(method))
    expect(Object.keys(event.headers)).toEqual(Object.keys(event.headers).map(header => header.toLowerCase()))
  })

  it('says what its schemas take', () => {
    const { 'content-type': type } = event.headers
    expect(faults(declaration.params, event.pathParameters ?? {})).toEqual([])
    expect(faults(declaration.query, event.queryStringParameters ?? {})).toEqual([])
    expect(faults(declaration.body, event.body === undefined ? undefined : bodyOf(type, event.body))).toEqual([])
    const { body, form } = declaration
    expect(type).toBe(form === 'only' ? 'application/x-www-form-urlencoded' : body && 'application/json')
  })
})

describe.each(entries.filter(isWorker))('the sample of $id', ({ domain, name, declaration }) => {
  const { source, message } = declaration

  it('is an event of its source with a message that its schema takes', () => {
    if ('queue' in source) {
      const { Records } = read<SQSEvent>(domain, name)
      expect(Records.map(({ eventSource }) => eventSource)).toEqual(['aws:sqs'])
      for (const { body } of Records) expect(faults(message, JSON.parse(body))).toEqual([])
    } else if ('stream' in source) {
      const { Records } = read<DynamoDBStreamEvent>(domain, name)
      expect(Records).toHaveLength(1)
      for (const { eventName, dynamodb } of Records) {
        const { NewImage, OldImage, Keys = {} } = dynamodb ?? {}
        const image = NewImage ?? OldImage ?? {}
        expect(source.stream.on === 'INSERT' ? ['INSERT'] : ['MODIFY', 'REMOVE']).toContain(eventName)
        expect(Keys.pk?.S).toMatch(new RegExp(`^${source.stream.entity}#`))
        expect(image).toMatchObject(Keys)
        const change = { event: eventName, expired: true, before: plain(image) }
        const content = eventName === 'INSERT' ? plain(image) : change
        expect(faults(message, declaration.batch ? [content] : content)).toEqual([])
      }
    } else if ('rotates' in source) {
      const event = read<{ SecretId: string }>(domain, name)
      expect(event.SecretId).toContain(`:secret:haven/dev/${source.rotates}-`)
      expect(faults(message, event)).toEqual([])
    } else {
      const event = read<EventBridgeEvent<string, object>>(domain, name)
      expect(event).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} })
      expect(faults(message, event)).toEqual([])
    }
  })
})

function read<Event>(domain: string, name: string): Event {
  return JSON.parse(readFileSync(join(root, 'events', domain, `${name}.json`), 'utf8')) as Event
}

/** What a schema finds wrong. Where there is none, nothing may be said: no path or query names, and no body. */
function faults(schema: z.ZodType | undefined, given: unknown): string[] {
  if (!schema) return Object.keys(given ?? {})
  return schema.safeParse(given).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
}

/** The values of an item, of which a message consists. */
const plain = (item: Record<string, AttributeValue>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, inner(value)]))

function inner({ S, N, M, L }: AttributeValue): unknown {
  if (M) return plain(M)
  return L ? L.map(inner) : (S ?? Number(N))
}
