import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, type Call, newPractice, type TestPractice } from '../harness/index.ts'
import { canary, mutationsOf } from './mutations.ts'
import {
  actions,
  callerOf,
  changes,
  Denials,
  expectWellFormed,
  furnish,
  type Ids,
  prefixesIn,
  requestOf,
  rest,
  sampleOf,
  send,
} from './samples.ts'

let practice: TestPractice
let ids: Ids
const denials = new Denials()
beforeAll(async () => {
  practice = await newPractice()
  ids = await furnish(practice)
})

const pathsOf = ({ body }: Answer): string[] => body.errors?.map(({ path }: { path: string }) => path) ?? []

/** `body.content.lines` stands for a fault inside it, and for one of the whole that it is part of. */
const related = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`)

describe.each(actions)('$declaration.route', entry => {
  const { id, declaration } = entry
  beforeEach(() => (declaration.allow === 'anyone' ? undefined : rest(practice, entry)))
  const ask = async (change: Call) => {
    const token = declaration.allow === 'anyone' ? undefined : (await practice.as(callerOf(entry))).token
    const request = { ...requestOf(entry, practice, ids), ...change }
    let answer = await send(id, request, token)
    if (answer.status === 429 && token) {
      // What may be asked thirty times a minute has more faults than that.
      await rest(practice, entry)
      answer = await send(id, request, token)
    }
    expectWellFormed(entry, answer)
    expect(JSON.stringify(answer.body).toLowerCase(), id).not.toContain(canary.toLowerCase())
    return answer
  }
  const refuses = async (what: string, status: number, change: Call, path?: string) => {
    const answer = await ask(change)
    expect(answer.status, `${id}: ${what}`).toBe(status)
    if (path)
      expect(
        pathsOf(answer).some(named => related(named, path)),
        `${id}: ${what}: ${pathsOf(answer)}`,
      ).toBe(true)
    return answer
  }

  it('takes its own sample: what is refused below is refused for what was made wrong', async () => {
    // What ends sessions would end those of the requests that follow.
    if (['auth.logout', 'federation.unlink', 'sessions.refresh'].includes(id)) return
    const { status, body } = await ask({})
    expect([400, 413, 415, 422], `${id} ${JSON.stringify(body.errors)}`).not.toContain(status)
  })

  const named = Object.entries(sampleOf(id).params).filter(([, value]) => /^[a-z]{3}_[0-9A-Z]{20}$/.test(value))
  for (const [name] of named) {
    it(`400 for an id in the path that is none: ${name}`, async () => {
      const right = requestOf(entry, practice, ids).params
      const prefix = right[name]?.slice(0, 4) ?? ''
      const wrong = [
        canary,
        prefix,
        `${prefix}${'0'.repeat(19)}`,
        `${prefix}${'0'.repeat(21)}`,
        `${prefix}${'I'.repeat(20)}`,
        `${prefix}${'0'.repeat(20)}\n`,
        `zzz_${'0'.repeat(20)}`,
        `${prefix}${'0'.repeat(9)}#${'0'.repeat(10)}`,
        `../${prefix}${'0'.repeat(20)}`,
        canary.repeat(500),
      ]
      const answers: Answer[] = []
      for (const value of wrong) {
        answers.push(await refuses(value.slice(0, 30), 400, { params: { ...right, [name]: value } }, `params.${name}`))
      }
      denials.keep(entry, ...answers)
    })
  }

  it('400 for a parameter that it does not know, and for each known one of no form', async () => {
    const right = requestOf(entry, practice, ids).query
    const unknown = { query: { ...right, unknownField: canary } }
    // What comes back from another's page may hold what we do not know (RFC 6749 §4.1.2).
    const answers = [
      await (declaration.reply.status === 303 ? ask(unknown) : refuses('unknown', 400, unknown, 'query')),
    ]
    for (const name of Object.keys(declaration.query?.shape ?? {})) {
      for (const value of [`${canary} €`, canary.repeat(500), '\u0000']) {
        answers.push(await refuses(name, 400, { query: { ...right, [name]: value } }, `query.${name}`))
      }
    }
    denials.keep(entry, ...answers)
  })

  if (!changes(entry)) return

  it('413 for a body of more than 256 KiB', async () => {
    const answer = await refuses('oversize', 413, { body: { unknownField: canary.repeat(25_000) } })
    expect(answer.body.code).toBe('payload-too-large')
    denials.keep(entry, answer)
  })

  if (declaration.form === 'only') {
    it('415 for a body that is no form', async () => {
      const types = ['', 'text/plain', 'application/json', 'multipart/form-data; boundary=x']
      const answers: Answer[] = []
      for (const type of types) {
        answers.push(await refuses(type, 415, { rawBody: '{}', headers: { 'content-type': type } }))
      }
      denials.keep(entry, ...answers)
    })
    return
  }

  const { body: schema } = declaration
  if (schema) {
    it('400 for whatever is missing, unknown, of another type or too long, with its path and without its value', async () => {
      const { body } = requestOf(entry, practice, ids)
      const answers: Answer[] = []
      for (const mutation of mutationsOf(schema, body)) {
        answers.push(await refuses(mutation.what, 400, { body: mutation.body }, mutation.path))
      }
      expect(answers.length).toBeGreaterThan(10)
      denials.keep(entry, ...answers)
    }, 120_000)

    it('400 without a body', async () => {
      await refuses('no body', 400, { body: undefined }, 'body')
    })

    it('400 for a field that would change every object', async () => {
      const { body } = requestOf(entry, practice, ids)
      const text = JSON.stringify(body)
      const rawBody = `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},${text.slice(1)}`
      await refuses('__proto__', 400, { rawBody })
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    })
  } else {
    it('400 for a body that is not asked for', async () => {
      const answer = await refuses('a body', 400, { body: { unknownField: canary } }, 'body')
      denials.keep(entry, answer)
    })
  }

  it('400 for what is not JSON', async () => {
    const answers: Answer[] = []
    for (const rawBody of [`{"${canary}":`, `${canary}`, '{"a":1}}', '\u0000', '[1,]', `{'a': '${canary}'}`]) {
      answers.push(await refuses(rawBody, 400, { rawBody }, 'body'))
      expect(answers.at(-1)?.body.code).toBe('malformed-request')
    }
    denials.keep(entry, ...answers)
  })

  it('400 for JSON that is nested without end', async () => {
    const deep = 100_000
    await refuses('nested', 400, { rawBody: `${'['.repeat(deep)}${']'.repeat(deep)}` })
    await refuses('nested', 400, { rawBody: `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}` })
  })

  it('415 for a body of any other type', async () => {
    const types = [
      '',
      'text/plain',
      ...(declaration.form ? [] : ['application/x-www-form-urlencoded']),
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'application/json; charset=utf-16',
      'text/json',
    ]
    const answers: Answer[] = []
    for (const type of types) {
      answers.push(await refuses(type, 415, { rawBody: '{}', headers: { 'content-type': type } }))
    }
    denials.keep(entry, ...answers)
  })
})

it('every action that names a record says so in its sample', () => {
  const silent = actions.filter(({ id, declaration }) => {
    const names = [...declaration.route.matchAll(/\{(\w+)Id\}/g)]
    return names.length > 0 && prefixesIn(sampleOf(id)).length === 0
  })
  expect(silent.map(({ id }) => id)).toEqual([])
})

it('the trail holds every denial', async () => {
  await denials.expectRecorded(practice.practice.practiceId)
})
