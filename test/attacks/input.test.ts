import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { splitRoute } from '../../shared/kernel/route.ts'
import { callerOf, changes, furnish, guarded, type Ids, requestOf, sampleOf } from '../generated/samples.ts'
import { newPractice, type TestPractice } from '../harness/index.ts'
import { type Answer, fire, host, inTurn, type Shot, shotOf, tokensOf, wire } from './attacker.ts'
import { expectRecorded } from './denials.ts'

let practice: TestPractice
let other: TestPractice
let ids: Ids
beforeAll(async () => {
  ;[practice, other] = [await newPractice(), await newPractice()]
  // What is tried here is more than a person types in a minute.
  const quotas = { read: 3_000, write: 1_200, bulk: 120, 'api-key': 6_000 }
  const admin = await practice.as('admin')
  expect((await admin.call('limits.set', { body: { quotas, version: 0 } })).status).toBe(200)
  ids = await furnish(practice)
  await furnish(other)
})

const code = ({ status, body }: Answer): string => `${status} ${body?.code ?? ''}`.trim()

/** Actions that take a JSON object. */
const taking = guarded.filter(entry => changes(entry) && sampleOf(entry.id).body !== undefined)

describe('fields that were not asked for', () => {
  const extras: Record<string, unknown> = {
    role: 'admin',
    practiceId: 'prc_00000000000000000000',
    userId: 'usr_00000000000000000000',
    aal: 'aal2',
    version: 99,
    constructor: { prototype: { role: 'admin' } },
    prototype: { role: 'admin' },
    $where: '1',
  }

  it('are refused by every action that takes a body, one for one: nothing is assigned in passing', async () => {
    const tokens = await tokensOf(practice)
    const wrong: string[] = []
    await inTurn(taking, async entry => {
      const shot = shotOf(entry.id, requestOf(entry, practice, ids))
      const body = shot.body as Record<string, unknown>
      for (const [name, value] of Object.entries(extras)) {
        if (name in body && Object.hasOwn(body, name)) continue
        const answer = await fire({ ...shot, body: { ...body, [name]: value }, token: tokens[callerOf(entry)] })
        if (answer.status !== 400) wrong.push(`${entry.id} with ${name}: ${code(answer)}`)
      }
    })
    expect(taking.length).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  })

  it('change no prototype: __proto__ is a field like any other, or none', async () => {
    const wrong: string[] = []
    await inTurn(taking, async entry => {
      const shot = shotOf(entry.id, requestOf(entry, practice, ids))
      const { token } = await practice.as(callerOf(entry))
      const raw = `{"__proto__":{"role":"admin","status":"polluted"},${JSON.stringify(shot.body).slice(1)}`
      const answer = await fire({ ...shot, body: undefined, raw: raw.replace(/,}$/, '}'), token })
      if (answer.status >= 500 || answer.text.includes('polluted')) wrong.push(`${entry.id}: ${code(answer)}`)
      // What every object would have by now is what an answer would show.
      const after = await fire({ path: '/sessions/current', token })
      if (after.status === 200 && after.text.includes('polluted')) wrong.push(`${entry.id} polluted another action`)
    })
    expect(wrong).toEqual([])
  })

  it('in the address are refused by every action that reads', async () => {
    const reads = guarded.filter(entry => !changes(entry))
    const tokens = await tokensOf(practice)
    const wrong: string[] = []
    await inTurn(reads, async entry => {
      const { path } = shotOf(entry.id, requestOf(entry, practice, ids))
      const token = tokens[callerOf(entry)]
      for (const extra of ['practiceId=prc_0', '__proto__[role]=admin', 'limit[$gt]=0', 'constructor=1']) {
        const answer = await fire({ path: `${path}${path.includes('?') ? '&' : '?'}${extra}`, token })
        if (answer.status !== 400) wrong.push(`${entry.id} with ${extra}: ${code(answer)}`)
      }
    })
    expect(wrong).toEqual([])
  })
})

describe('an id', () => {
  const named = guarded.filter(({ declaration: { route } }) => route.includes('{'))

  it('that is a piece of a key, a path, a query or a megabyte finds nothing, in any action', async () => {
    const tokens = await tokensOf(practice)
    const wrong: string[] = []
    await inTurn(named, async entry => {
      const { method, path } = splitRoute(entry.declaration.route)
      const shot = shotOf(entry.id, requestOf(entry, practice, ids))
      const right = Object.values(requestOf(entry, practice, ids).params)[0] ?? ''
      const token = tokens[callerOf(entry)]
      const injected = [
        `${right}%23x`,
        `x%23${right}`,
        `${practice.practice.practiceId}%23${right}`,
        `..%2f${right}`,
        `${right}%2f..%2f${right}`,
        `${right}%00`,
        `${right}%0d%0aX-Injected:%201`,
        `%27%20OR%201=1--`,
        `*`,
        `%7B%22$ne%22:1%7D`,
        right.toLowerCase(),
        `${right}%20`,
        `%EF%BC%90${right.slice(1)}`,
        '%ff',
        '__proto__',
        'A'.repeat(6_000),
      ]
      for (const id of injected) {
        const answer = await fire({ ...shot, path: path.replace(/\{\w+\}/, id).replace(/\{\w+\}/g, right), token })
        if (![400, 404, 414, 431].includes(answer.status))
          wrong.push(`${method} ${entry.id} ${id.slice(0, 60)}: ${code(answer)}`)
        if (answer.headers['x-injected']) wrong.push(`${entry.id} splits its answer`)
      }
    })
    expect(named.length).toBeGreaterThan(15)
    expect(wrong).toEqual([])
  })
})

describe('a cursor', () => {
  const day = new Date().toJSON().slice(0, 10)
  const lists = (of: TestPractice) => [
    '/patients',
    '/users',
    '/practitioners',
    '/claims?transmission=none',
    `/appointments?practitionerId=${of.practitioners[0]?.practitionerId}`,
    `/audit-events?day=${day}`,
  ]
  const at = (path: string, cursor: string) => `${path}${path.includes('?') ? '&' : '?'}limit=5&cursor=${cursor}`
  /** Each list with the first cursor that it gives. */
  async function cursorsOf(of: TestPractice, role: 'admin' | 'auditor') {
    const { token } = await of.as(role)
    const found: { path: string; cursor: string }[] = []
    for (const path of lists(of)) {
      const { body } = await fire({ path: `${path}${path.includes('?') ? '&' : '?'}limit=1`, token })
      if (body.next) found.push({ path, cursor: body.next })
    }
    return found
  }

  it('serves its own list of its own caller, and no other list, caller or practice', async () => {
    const theirs = await cursorsOf(other, 'admin')
    const colleagues = await cursorsOf(practice, 'auditor')
    const mine = await cursorsOf(practice, 'admin')
    const { token } = await practice.as('admin')
    const wrong: string[] = []
    for (const path of lists(practice)) {
      for (const { path: of, cursor } of [...theirs, ...colleagues, ...mine]) {
        const own = mine.some(one => one.path === path && one.cursor === cursor)
        const answer = await fire({ path: at(path, cursor), token })
        if (answer.status !== (own ? 200 : 400)) wrong.push(`${path} with the cursor of ${of}: ${code(answer)}`)
      }
    }
    expect([theirs.length > 1, colleagues.length > 0, mine.length > 1]).toEqual([true, true, true])
    expect(wrong).toEqual([])
  })

  it('that somebody changed or made is refused', async () => {
    const { token } = await practice.as('admin')
    const wrong: string[] = []
    for (const { path, cursor } of await cursorsOf(practice, 'admin')) {
      const told = Buffer.from(cursor, 'base64url').toString('latin1')
      const swapped = told.replaceAll(practice.practice.practiceId, other.practice.practiceId)
      const made = (value: string) => Buffer.from(value, 'latin1').toString('base64url')
      const forged = [
        ...(swapped === told ? [] : [made(swapped)]),
        cursor.slice(43),
        `${'A'.repeat(43)}${cursor.slice(43)}`,
        cursor.slice(0, 43) + Buffer.from(JSON.stringify(['PATIENT', '', 'zzz'])).toString('base64url'),
        made(`${told}#`),
        made(JSON.stringify({ pk: `PATIENT#${other.practice.practiceId}`, sk: 'x' })),
        made(JSON.stringify(['a', 'b', 'c', 'd'])),
        made('null'),
        made('{"__proto__":{"pk":"x"}}'),
        cursor.slice(1),
        'A'.repeat(400),
        'A'.repeat(501),
      ]
      for (const one of forged) {
        const answer = await fire({ path: at(path, one), token })
        if (answer.status !== 400) wrong.push(`${path} ${one.slice(0, 30)}: ${code(answer)}`)
      }
    }
    expect(wrong).toEqual([])
  })
})

describe('a body', () => {
  const post = async (raw: string | Buffer, headers: Shot['headers'] = {}) => {
    const { token } = await practice.as('admin')
    return fire({ method: 'POST', path: '/patients', raw, token, headers })
  }

  it.each<[string, () => string | Buffer]>([
    ['is empty', () => ''],
    ['ends too early', () => '{"name":'],
    ['is nested a hundred thousand deep', () => '['.repeat(100_000) + ']'.repeat(100_000)],
    ['is an object nested ten thousand deep', () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['is no object', () => '"text"'],
    ['is null', () => 'null'],
    ['is an array', () => '[{}]'],
    ['holds bytes that are no text', () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['begins with a mark of its byte order', () => '\uFEFF{}'],
    ['holds what is no JSON', () => '{"birthDate":NaN}'],
    ['is two', () => '{}{}'],
    [
      'holds ten thousand fields',
      () => JSON.stringify(Object.fromEntries([...Array(10_000).keys()].map(n => [`f${n}`, n]))),
    ],
    ['holds a number of a thousand digits', () => `{"birthDate":${'9'.repeat(1_000)}}`],
    ['holds half a character', () => '{"birthDate":"\\ud800"}'],
  ])('that %s is refused, and not repeated', async (_, body) => {
    const answer = await post(body())
    expect([400, 413], answer.text).toContain(answer.status)
    expect(answer.text.length).toBeLessThan(4_000)
  })

  it('that is too large is refused: above what the action takes, and above what the API takes', async () => {
    const large = (bytes: number) => JSON.stringify({ name: 'x'.repeat(bytes) })
    expect([400, 413]).toContain((await post(large(300_000))).status)
    expect((await post(large(1_500_000))).status).toBe(413)
    expect([0, 413]).toContain((await post(large(11_000_000))).status)
    expect((await fire({ path: '/health' })).status).toBe(200)
  })

  it('is taken as it stands: nothing is unpacked, and no other character set is read', async () => {
    const packed = gzipSync(Buffer.from('{"name":1}'))
    expect([400, 415]).toContain((await post(packed, { 'content-encoding': 'gzip' })).status)
    for (const type of [
      'application/json; charset=utf-7',
      'application/xml',
      'text/json',
      'application/json-patch+json',
    ]) {
      expect([400, 415], type).toContain((await post('{}', { 'content-type': type })).status)
    }
  })

  it('cannot smuggle a second request behind the first', async () => {
    const second = `GET /api/v1/health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
    const chunked = `0\r\n\r\n${second}`
    const both = await wire(
      `POST /api/v1/auth/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
    )
    expect(both).toMatch(/^HTTP\/1.1 400/)
    expect(both.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    for (const lines of [
      'Content-Length: 0\r\nContent-Length: 5',
      'Transfer-Encoding: xchunked',
      'Content-Length: +5',
    ]) {
      const answer = await wire(
        `POST /api/v1/auth/login HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${lines}\r\n\r\nhello`,
      )
      expect(answer, lines).toMatch(/^HTTP\/1.1 (400|501)/)
    }
  })
})

it('the trail holds every denial', () => expectRecorded(practice.practice.practiceId, other.practice.practiceId))
