import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isVerified } from '../../../shared/adapters/captcha/siteverify.ts'

/** What the provider's stand-in answers next, and what it was asked. */
let answer: { status?: number; body?: unknown; hang?: boolean } = {}
const asked: URLSearchParams[] = []
let server: Server
let url = ''

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      asked.push(new URLSearchParams(text))
      if (answer.hang) return
      response.statusCode = answer.status ?? 200
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/siteverify`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const account = 'harbor#abc'
const verify = (provider: 'turnstile' | 'hcaptcha', signal = AbortSignal.timeout(10_000)) =>
  isVerified({ provider, siteKey: 'site', secretKey: 'secret', url }, 'token', { purpose: 'login', account, signal })

describe.each(['turnstile', 'hcaptcha'] as const)('%s', provider => {
  const right = { success: true, action: 'login', cdata: account }

  it('is asked about the token with our key, and its yes is a yes', async () => {
    answer = { body: { ...right, hostname: 'harbor.example' } }
    expect(await verify(provider)).toMatch(/^[0-9a-f]{64}$/)
    expect(Object.fromEntries(asked.at(-1) ?? [])).toEqual({ secret: 'secret', response: 'token' })
  })

  it('its no is a no', async () => {
    answer = { body: { ...right, success: false, 'error-codes': ['timeout-or-duplicate'] } }
    expect(await verify(provider)).toBeUndefined()
  })

  it.each([
    ['an error', { status: 500, body: {} }],
    ['a page', { body: '<html>' }],
    ['another answer', { body: { ok: true } }],
    ['a way elsewhere', { status: 302, body: '' }],
  ])('lets nobody through when it answers %s', async (_what, given) => {
    answer = given
    await expect(verify(provider)).rejects.toMatchObject({ name: 'Problem', code: 'unavailable', retryAfter: 5 })
  })

  it('lets nobody through when it does not answer in time', async () => {
    answer = { hang: true }
    await expect(verify(provider, AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'unavailable' })
  })
})

it('turnstile is held to the purpose and the account that its widget was made for', async () => {
  for (const wrong of [{ action: 'reset', cdata: account }, { action: 'login', cdata: 'harbor#xyz' }, {}]) {
    answer = { body: { success: true, ...wrong } }
    expect(await verify('turnstile')).toBeUndefined()
  }
})
