import { randomInt } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { actions, callerOf, furnish, type Ids, requestOf, sampleOf } from '../generated/samples.ts'
import { realHash } from '../harness/identity.ts'
import { newPractice, password, type TestPractice } from '../harness/index.ts'
import { type Answer, fire, freshAddress, host, insideWindow, inTurn, shotOf, volley } from './attacker.ts'
import { expectRecorded } from './denials.ts'

let practice: TestPractice
let ids: Ids
beforeAll(async () => {
  practice = await newPractice({ passwordHash: await realHash() })
  ids = await furnish(practice)
})

const code = ({ status, body }: Answer): string => `${status} ${body?.code ?? ''}`.trim()
const evil = 'evil.example'

/** Headers by which a proxy tells where a request came from or went to. Nobody who sends them himself is believed. */
const lies = (address: string): Record<string, string> => ({
  'x-forwarded-for': `${address}, 10.0.0.1`,
  'x-real-ip': address,
  'x-client-ip': address,
  'cf-connecting-ip': address,
  'true-client-ip': address,
  'cloudfront-viewer-address': `${address}:443`,
  forwarded: `for=${address};host=${evil};proto=https`,
  'x-forwarded-host': evil,
  'x-forwarded-proto': 'https',
  'x-original-url': '/api/v1/health',
  'x-rewrite-url': '/api/v1/health',
})
const anyAddress = () => `198.51.100.${randomInt(1, 255)}`

describe('headers that lie about where a request came from', () => {
  it('give no new tries at a password: twenty from one address, whatever it says it is', async () => {
    await insideWindow(300)
    const from = freshAddress()
    const guess = {
      method: 'POST',
      path: '/auth/login',
      from,
      body: { practice: 'none', email: 'nobody@none.example' },
    }
    const answers = await volley(Array.from({ length: 24 }, () => ({ ...guess, headers: lies(anyAddress()) })))
    expect(answers.filter(({ status }) => status === 429).length).toBe(4)
    const honest = await fire({ ...guess, headers: {} })
    expect(code(honest)).toBe('429 rate-limited')
    expect(Number(honest.headers['retry-after'])).toBeGreaterThan(0)
    // And nobody else's are spent.
    expect((await fire({ ...guess, from: freshAddress() })).status).toBe(400)
  })

  it('are in no record: the trail names the address that really called', async () => {
    const { token } = await practice.as('admin')
    const from = freshAddress()
    const lie = anyAddress()
    const answer = await fire({ path: `/patients/${ids.pat}`, token, from, headers: lies(lie) })
    expect(answer.status).toBe(200)
    const [record] = await practice.recordsOf(answer)
    expect(record?.source.address).toBe(from)
    expect(JSON.stringify(record)).not.toContain(lie)
  })
})

describe('headers that lie about where a request went', () => {
  it('change neither what answers nor what it says', async () => {
    const { token } = await practice.as('admin')
    for (const path of [`/patients/${ids.pat}`, '/health', '/docs', '/sessions/current']) {
      const honest = await fire({ path, token })
      for (const more of [{}, { host: evil }, { host: `${evil}:443` }]) {
        const answer = await fire({ path, token, headers: { ...lies(anyAddress()), ...more } })
        expect([answer.status, answer.text], path).toEqual([honest.status, honest.text])
        expect(JSON.stringify([answer.text, answer.headers])).not.toContain('evil')
      }
    }
  })

  it('are echoed by no refusal, and open no action that asks for a session', async () => {
    for (const { id } of actions.filter(({ declaration }) => declaration.allow !== 'anyone')) {
      const answer = await fire({ ...shotOf(id, sampleOf(id)), headers: { ...lies(anyAddress()), host: evil } })
      expect(code(answer), id).toBe('401 unauthenticated')
      expect(JSON.stringify([answer.text, answer.headers]), id).not.toMatch(/evil|198\.51/)
    }
  })

  it('put no other domain into the cookie', async () => {
    const { practiceSlug, email } = practice.users.patient
    const body = { practice: practiceSlug, email, password }
    const answer = await fire({
      method: 'POST',
      path: '/auth/login',
      body,
      headers: { ...lies('192.0.2.1'), host: evil },
    })
    expect(answer.status).toBe(200)
    expect(answer.cookies.join()).not.toMatch(/domain|evil/i)
  })
})

describe('an IPv6 customer, who holds a whole /64', () => {
  /** The event that API Gateway would make, handed to the deployed bundle: this machine has no /64 to call from. */
  const tryFrom = async (sourceIp: string): Promise<number> => {
    const event = {
      version: '2.0',
      headers: { 'content-type': 'application/json', host },
      requestContext: { requestId: `v6-${randomInt(1e9)}`, http: { method: 'POST', sourceIp, userAgent: 'attacker' } },
      body: JSON.stringify({ practice: 'none', email: 'nobody@none.example' }),
    }
    const path = '/_local/functions/haven-dev-auth-login/invocations'
    const { body, text } = await fire({ method: 'POST', path, body: event })
    return (typeof body === 'object' ? body : JSON.parse(text)).statusCode
  }
  const group = () => randomInt(65_536).toString(16)

  it('has twenty tries in all, from however many of its addresses and in whatever spelling', async () => {
    await insideWindow(300)
    const net = `2001:db8:${group()}:${group()}`
    const spelt = (index: number) =>
      [`${net}:${group()}:${group()}:${group()}:${group()}`, `${net}::${group()}`, `${net}::`.toUpperCase()][
        index % 3
      ] ?? ''
    const answers = await inTurn([...Array(24).keys()], index => tryFrom(spelt(index)))
    expect(answers.filter(status => status === 429).length).toBe(4)
    // The next /64 is another customer.
    expect(await tryFrom(`2001:db8:${group()}:${group()}::1`)).toBe(400)
  })
})

describe('another spelling of a path', () => {
  /** Every way to write a path that some proxy, router or file system takes for the same. */
  const spellings = (path: string): string[] => {
    const [first = '', ...rest] = path.slice(1).split('/')
    const tail = rest.length > 0 ? `/${rest.join('/')}` : ''
    const letter = first.charCodeAt(0).toString(16)
    return [
      `/api/v1${path}/`,
      `/api/v1/${path}`,
      `//api/v1${path}`,
      `/api//v1${path}`,
      `/api/v1/.${path}`,
      `/api/v1/x/..${path}`,
      `/api/v1/health/..${path}`,
      `/api/v1/health/%2e%2e${path}`,
      `/api/v1/health%2f..${path}`,
      `/api/v1/health/..%2f${path.slice(1)}`,
      `/api/v1${path.replaceAll('/', '%2f')}`,
      `/api/v1${path.replaceAll('/', '%5c')}`,
      `/api/v1\\${path.slice(1)}`,
      `/api%2fv1${path}`,
      `/API/V1${path.toUpperCase()}`,
      `/api/v1/${first.toUpperCase()}${tail}`,
      `/api/v1/%${letter}${first.slice(1)}${tail}`,
      `/api/v1/%25${letter}${first.slice(1)}${tail}`,
      `/api/v1${path};jsessionid=1`,
      `/api/v1/${first};a=b${tail}`,
      `/api/v1${path}%00`,
      `/api/v1${path}%00.json`,
      `/api/v1${path}.json`,
      `/api/v1${path}%20`,
      `/api/v1${path}%0a`,
      `/api/v1${path}%23`,
      `/api/v1${path}%3fa=b`,
      `/api/v1${path}/health`,
      `/api/v2${path}`,
      path,
      `http://${host}/api/v1${path}`,
      `http://${evil}/api/v1${path}`,
      `/api/v1${path}#/health`,
    ]
  }

  it('reaches no action without its checks: to nobody, nothing that needs a session ever answers', async () => {
    const wrong: string[] = []
    await inTurn(
      actions.filter(({ declaration }) => declaration.allow !== 'anyone'),
      async ({ id }) => {
        const { method, path } = shotOf(id, sampleOf(id))
        const plain = path.replace('/api/v1', '').replace(/\?.*/, '')
        for (const spelling of spellings(plain)) {
          const answer = await fire({ method, path: spelling })
          // Either there is no such route, or it is the action itself, which asks for a session.
          if (![400, 404].includes(answer.status) && code(answer) !== '401 unauthenticated')
            wrong.push(`${method} ${spelling}: ${code(answer)}`)
          if (/stack|at \w+ \(|node:/.test(answer.text)) wrong.push(`${spelling} tells ${answer.text.slice(0, 80)}`)
        }
      },
    )
    expect(wrong).toEqual([])
  })

  it('gives a role nothing that the right spelling does not', async () => {
    const { token } = await practice.as('patient')
    const entry = actions.find(({ id }) => id === 'health.detailed')
    if (!entry) throw new Error('there is no health.detailed')
    expect(callerOf(entry)).not.toBe('patient')
    const { path } = shotOf(entry.id, requestOf(entry, practice, ids))
    for (const spelling of spellings(path.replace('/api/v1', ''))) {
      expect((await fire({ path: spelling, token })).status, spelling).toBeGreaterThanOrEqual(400)
    }
  })

  it.each(['HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'DELETE', 'PATCH'])('%s is no way in either', async method => {
    const { token } = await practice.as('admin')
    const paths = ['/patients', `/patients/${ids.pat}`, '/claims', '/mfa']
    // A patient's record is corrected by PATCH.
    const none = paths.filter(path => method !== 'PATCH' || path !== `/patients/${ids.pat}`)
    const answers = await inTurn(none, path => fire({ method, path, token }))
    for (const { status, text } of answers) expect([404, 405], text).toContain(status)
  })
})

it('the trail holds every denial', () => expectRecorded(practice.practice.practiceId))
