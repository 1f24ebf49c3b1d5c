import { describe, expect, it } from 'vitest'
import sample from '../../events/auth/login.json' with { type: 'json' }
import { catalogue, isAction } from '../../functions/catalogue.ts'
import { serve } from '../../shared/pipeline/serve.ts'
import { gatesOf } from '../../shared/ports/gates.ts'
import { call, freshAddress, newPractice, place, recordsOf } from '../harness/index.ts'

void place
const entry = (await catalogue()).filter(isAction).find(({ id }) => id === 'auth.login')!
const behind = serve(entry.declaration, entry.id, gatesOf(entry.declaration, 'cloudfront'))

const viewer = '203.0.113.77'
const edge = '198.51.100.1'
const present = 'an origin secret for tests, present'
const before = 'an origin secret for tests, before'

/** The address by which a request at the API behind an edge is known, as its audit record says. */
async function addressBehind(headers: Record<string, string>): Promise<string | undefined> {
  const requestId = `edge-${Math.random().toString(36).slice(2)}`
  const event = {
    ...sample,
    headers: { ...sample.headers, ...headers },
    requestContext: { ...sample.requestContext, requestId, http: { ...sample.requestContext.http, sourceIp: edge } },
    body: '{}',
  }
  const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => 20_000 }
  await behind(event as never, context as never)
  const [record] = await recordsOf('platform', { headers: { 'x-request-id': requestId } })
  return record?.source.address
}

describe("a client's address, where no edge stands before the API", () => {
  const lies: Record<string, string>[] = [
    { 'x-forwarded-for': viewer },
    { 'x-forwarded-for': `${viewer}, ${edge}` },
    { forwarded: `for=${viewer}` },
    { 'x-real-ip': viewer },
    { 'true-client-ip': viewer },
    { 'cloudfront-viewer-address': `${viewer}:1234` },
    { 'cloudfront-viewer-address': `${viewer}:1234`, 'x-origin-verify': present },
    { host: viewer },
  ]

  it.each(lies)('is that of the connection, whatever %j says', async headers => {
    const sourceIp = freshAddress()
    const answers = []
    for (let count = 0; count < 3; count++) answers.push(await call('auth.login', { body: {}, headers, sourceIp }))
    expect(answers.map(each => each.headers.ratelimit?.split(';')[1])).toEqual(['r=19', 'r=18', 'r=17'])
    expect(await recordsOf('platform', answers[0]!)).toMatchObject([{ source: { address: sourceIp } }])
  })
})

describe("a client's address, where an edge stands before the API", () => {
  it.each([present, before])('is what the edge says, which has proved itself by %s', async secret => {
    const headers = { 'x-origin-verify': secret, 'cloudfront-viewer-address': `${viewer}:46532` }
    expect(await addressBehind(headers)).toBe(viewer)
    const six = { ...headers, 'cloudfront-viewer-address': '2001:db8:1:2:3:4:5:6:46532' }
    expect(await addressBehind(six)).toBe('2001:db8:1:2:3:4:5:6')
  })

  it.each<Record<string, string>>([
    { 'cloudfront-viewer-address': `${viewer}:1` },
    { 'x-origin-verify': '', 'cloudfront-viewer-address': `${viewer}:1` },
    { 'x-origin-verify': 'another secret', 'cloudfront-viewer-address': `${viewer}:1` },
    { 'x-origin-verify': `${present}x`, 'cloudfront-viewer-address': `${viewer}:1` },
    { 'x-origin-verify': present, 'x-forwarded-for': viewer },
    { 'x-origin-verify': present, 'cloudfront-viewer-address': 'nowhere:1' },
    { 'x-origin-verify': present, 'cloudfront-viewer-address': `${viewer}, 10.0.0.1:1` },
  ])('is that of the connection for %j', async headers => {
    expect(await addressBehind(headers)).toBe(edge)
  })
})

describe('a forged cookie', () => {
  it('costs whom it names nothing of their limit', async () => {
    const practice = await newPractice()
    const { practiceId, userId } = practice.users.biller
    const forged = `${practiceId}.${userId}.${'A'.repeat(43)}`
    for (let count = 0; count < 30; count++) {
      const { status } = await call('payers.list', { token: forged, sourceIp: freshAddress() })
      expect(status).toBe(401)
    }
    const { headers } = await (await practice.as('biller')).call('payers.list')
    expect(headers.ratelimit).toMatch(/^"read";r=599;/)
  })

  it('is counted by the address that it comes from', async () => {
    const { practiceId, userId } = (await newPractice()).users.biller
    const sourceIp = freshAddress()
    const token = `${practiceId}.${userId}.${'B'.repeat(43)}`
    const { headers } = await call('payers.list', { token, sourceIp })
    expect(headers).toMatchObject({ 'ratelimit-policy': '"anonymous";q=300;w=60' })
    expect(headers.ratelimit).toMatch(/^"anonymous";r=299;/)
  })
})
