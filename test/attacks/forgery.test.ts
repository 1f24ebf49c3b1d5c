import { beforeAll, describe, expect, it } from 'vitest'
import { csrfToken } from '../../shared/domain/cookies.ts'
import { callerOf, changes, furnish, guarded, type Ids, requestOf } from '../generated/samples.ts'
import { newPractice, type TestPractice } from '../harness/index.ts'
import { type Answer, fire, host, inTurn, type Shot, shotOf, tokensOf } from './attacker.ts'
import { expectRecorded } from './denials.ts'

let practice: TestPractice
let ids: Ids
/** A session of each role: what is refused here ends none of them. */
let tokens: Record<string, string>
beforeAll(async () => {
  practice = await newPractice()
  ids = await furnish(practice)
  tokens = await tokensOf(practice)
})

const code = ({ status, body }: Answer): string => `${status} ${body?.code ?? ''}`.trim()
const unsafe = guarded.filter(changes)

/** What a page elsewhere, or a half of what our own page shows, would send in place of our headers. */
const forgeries: [what: string, headers: (token: string) => Shot['headers']][] = [
  ['from another site', () => ({ 'sec-fetch-site': 'cross-site' })],
  ['from a sibling domain', () => ({ 'sec-fetch-site': 'same-site' })],
  ['typed into the address bar', () => ({ 'sec-fetch-site': 'none' })],
  ['with two claims of where it is from', () => ({ 'sec-fetch-site': ['same-origin', 'cross-site'] })],
  ['from a foreign origin', () => ({ 'sec-fetch-site': undefined, origin: 'https://evil.example' })],
  ['from no origin', () => ({ 'sec-fetch-site': undefined, origin: 'null' })],
  [
    'from an origin that only begins like ours',
    () => ({ 'sec-fetch-site': undefined, origin: `http://${host}.evil.example` }),
  ],
  [
    'from an origin that names us as its user',
    () => ({ 'sec-fetch-site': undefined, origin: `http://${host}@evil.example` }),
  ],
  ['without the proof of our page', () => ({ 'x-csrf': undefined })],
  ['with an empty proof', () => ({ 'x-csrf': '' })],
  ["with another session's proof", () => ({ 'x-csrf': csrfToken('prc_X.usr_X.another') })],
  ['with the cookie itself as proof', token => ({ 'x-csrf': token })],
  ['with the right proof twice', token => ({ 'x-csrf': [csrfToken(token), csrfToken(token)] })],
]

describe('an unsafe request that no page of ours made', () => {
  it.each(forgeries)('%s is refused by every action', async (_, headers) => {
    const answers = await inTurn(unsafe, async entry => {
      const token = tokens[callerOf(entry)] ?? ''
      return fire({ ...shotOf(entry.id, requestOf(entry, practice, ids)), token, headers: headers(token) })
    })
    const wrong = unsafe.map(({ id }, index) => `${id}: ${code(answers[index] as Answer)}`)
    expect(unsafe.length).toBeGreaterThan(10)
    expect(wrong.filter(line => !line.endsWith('403 csrf-refused'))).toEqual([])
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json, text/plain',
  ])('as %s, which a form can send, is taken by no action', async type => {
    const wrong = await inTurn(unsafe, async entry => {
      const token = tokens[callerOf(entry)] ?? ''
      const shot = shotOf(entry.id, requestOf(entry, practice, ids))
      const answer = await fire({ ...shot, body: shot.body ?? {}, token, headers: { 'content-type': type } })
      return `${entry.id}: ${code(answer)}`
    })
    expect(wrong.filter(line => !line.endsWith('415 unsupported-media-type'))).toEqual([])
  })

  it('changes nothing of the session that it rides on', async () => {
    const { token } = await practice.as('admin')
    await fire({ method: 'POST', path: '/auth/logout', token, headers: { 'sec-fetch-site': 'cross-site' } })
    expect((await fire({ path: '/sessions/current', token })).status).toBe(200)
  })
})

describe('a page elsewhere', () => {
  it('is told by no answer that it may read it, before or after asking', async () => {
    const { token } = await practice.as('admin')
    const origin = 'https://evil.example'
    const asked = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-csrf' }
    const answers = [
      await fire({ path: '/patients', token, headers: { origin } }),
      await fire({ method: 'OPTIONS', path: '/patients', headers: asked }),
      await fire({ method: 'OPTIONS', path: '/auth/login', headers: asked }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 404])
    for (const { headers } of answers) {
      expect(Object.keys(headers).filter(name => name.startsWith('access-control-'))).toEqual([])
    }
  })

  it('signs nobody in by a form: the sign-in takes JSON alone', async () => {
    const raw = '{"practice":"harbor","email":"admin@harbor.example","password":"x","a":"="}'
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
      const answer = await fire({ method: 'POST', path: '/auth/login', raw, headers: { 'content-type': type } })
      expect(code(answer)).toBe('415 unsupported-media-type')
    }
  })
})

describe('a header that names another method', () => {
  it.each(['x-http-method-override', 'x-http-method', 'x-method-override', '_method'])(
    '%s turns no request that reads into one that writes',
    async name => {
      const { token } = await practice.as('admin')
      const path = `/claims/${ids.clm}`
      const plain = await fire({ path, token })
      for (const method of ['PUT', 'POST', 'DELETE']) {
        const answer = await fire({ path: `${path}?_method=${method}`, token, headers: { [name]: method } })
        expect(code(answer)).toBe('400 validation-failed')
        const overridden = await fire({ path, token, headers: { [name]: method } })
        expect([overridden.status, overridden.body]).toEqual([200, plain.body])
      }
      const post = await fire({ method: 'POST', path, token, headers: { [name]: 'GET' } })
      expect(post.status).toBe(404)
    },
  )
})

it('the trail holds every denial', () => expectRecorded(practice.practice.practiceId))
