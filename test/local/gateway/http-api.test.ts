import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGateway } from '../../../local/gateway/http-api.ts'
import { Refused } from '../../../local/lambda/pool.ts'
import type { Route } from '../../../local/template/model.ts'

const route = (key: string, functionName: string, timeout = 30_000): Route => {
  const [method = '', path = ''] = key.split(' ')
  return { key, method, path, functionName, timeout }
}

interface Seen {
  headers: Record<string, string>
  requestContext: { requestId: string; http: Record<string, string> } & Record<string, unknown>
  [field: string]: unknown
}

describe('an HTTP API', () => {
  let gateway: Awaited<ReturnType<typeof startGateway>>
  let seen: Seen
  let answer: () => unknown = () => ({ statusCode: 200 })
  const at = (path: string) => `http://127.0.0.1:${gateway.port}${path}`

  beforeAll(async () => {
    gateway = await startGateway({
      port: 0,
      routes: () => [route('ANY /echo/{id}', 'echo'), route('GET /late', 'late', 50), route('GET /full', 'full')],
      async invoke(name, event) {
        if (name === 'late') await new Promise(resolve => setTimeout(resolve, 300))
        if (name === 'full') throw new Refused('TooManyRequestsException', 'Rate Exceeded.')
        seen = JSON.parse(event)
        const result = answer()
        const functionError = result instanceof Error ? ('Unhandled' as const) : undefined
        return { requestId: 'r', payload: JSON.stringify(result ?? null), functionError, ms: 1 }
      },
    })
  })
  afterAll(() => gateway.stop())

  it('sends an event of payload format 2.0', async () => {
    answer = () => ({ statusCode: 200 })
    await fetch(at('/echo/a%20b?x=1&x=2&y=%C3%A9'), {
      method: 'POST',
      headers: { cookie: 'a=1; b=2', 'X-Custom': 'Value', 'content-type': 'application/json', 'user-agent': 'test' },
      body: '{"a":1}',
    })
    expect(seen).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /echo/{id}',
      rawPath: '/echo/a b',
      rawQueryString: 'x=1&x=2&y=%C3%A9',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,2', y: 'é' },
      pathParameters: { id: 'a b' },
      body: '{"a":1}',
      isBase64Encoded: false,
      requestContext: {
        stage: '$default',
        routeKey: 'ANY /echo/{id}',
        domainName: '127.0.0.1',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
        http: { method: 'POST', path: '/echo/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      },
    })
    expect(seen.headers).toMatchObject({ 'x-custom': 'Value', 'x-forwarded-for': '127.0.0.1', 'content-length': '7' })
    expect(seen.headers).not.toHaveProperty('cookie')
    expect(seen.headers).not.toHaveProperty('connection')
  })

  it('leaves out what a request has not', async () => {
    await fetch(at('/echo/1'))
    for (const field of ['body', 'cookies', 'queryStringParameters']) expect(seen).not.toHaveProperty(field)
  })

  it('joins repeated headers by a comma', async () => {
    await new Promise(resolve => {
      const call = request(
        at('/echo/1'),
        {
          headers: [
            ['x-many', 'a'],
            ['x-many', 'b'],
            ['host', 'h'],
          ].flat(),
        },
        resolve,
      )
      call.end()
    })
    expect(seen.headers['x-many']).toBe('a,b')
  })

  it.each([
    ['application/json; charset=utf-8', false],
    ['application/problem+json', false],
    ['text/csv', false],
    ['application/x-www-form-urlencoded', true],
    ['image/png', true],
  ])('a body of %s comes in base64: %s', async (type, encoded) => {
    await fetch(at('/echo/1'), { method: 'PUT', headers: { 'content-type': type }, body: 'ab' })
    expect([seen.isBase64Encoded, seen.body]).toEqual([encoded, encoded ? 'YWI=' : 'ab'])
  })

  it('answers with the status, headers, cookies and body of the result, and its own request id', async () => {
    answer = () => ({ statusCode: 201, headers: { 'X-N': 5 }, cookies: ['a=1; Path=/', 'b=2'], body: 'made' })
    const response = await fetch(at('/echo/1'))
    expect([response.status, await response.text()]).toEqual([201, 'made'])
    expect(response.headers.get('x-n')).toBe('5')
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2'])
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(response.headers.get('apigw-requestid')).toBe(seen.requestContext.requestId)
  })

  it('decodes a body in base64', async () => {
    answer = () => ({ statusCode: 200, body: 'AAEC', isBase64Encoded: true })
    expect([...new Uint8Array(await (await fetch(at('/echo/1'))).arrayBuffer())]).toEqual([0, 1, 2])
  })

  it('takes a result without a status as a JSON body', async () => {
    answer = () => ({ plain: true })
    const response = await fetch(at('/echo/1'))
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
      200,
      'application/json',
      { plain: true },
    ])
  })

  it.each([
    ['404 for what has no route', () => fetch(at('/nothing')), 404, 'Not Found'],
    ['503 when the integration takes too long', () => fetch(at('/late')), 503, 'Service Unavailable'],
    ['503 when the function is throttled', () => fetch(at('/full')), 503, 'Service Unavailable'],
    [
      '413 above 10 MB',
      () => fetch(at('/echo/1'), { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) }),
      413,
      'Request Entity Too Large',
    ],
    [
      '413 above what Lambda takes',
      () => fetch(at('/echo/1'), { method: 'POST', headers: { 'content-type': 'image/png' }, body: Buffer.alloc(5e6) }),
      413,
      'Request Entity Too Large',
    ],
  ])('answers %s', async (_, ask, status, message) => {
    const response = await ask()
    expect([response.status, await response.json()]).toEqual([status, { message }])
    expect(response.headers.get('apigw-requestid')).toBeTruthy()
  })

  it.each([
    ['a failed function', () => new Error('no')],
    ['a malformed status', () => ({ statusCode: 'x' })],
    ['a body that is not text', () => ({ statusCode: 200, body: { a: 1 } })],
  ])('answers 500 for %s', async (_, result) => {
    answer = result
    const response = await fetch(at('/echo/1'))
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }])
  })

  it('answers HEAD without a body, by its route', async () => {
    answer = () => ({ statusCode: 200, body: 'unseen' })
    const response = await fetch(at('/echo/1'), { method: 'HEAD' })
    expect([response.status, await response.text(), seen.requestContext.http.method]).toEqual([200, '', 'HEAD'])
  })
})
