import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { marks, seededOf, telling } from '../generated/canaries.ts'
import { actions, callerOf, furnish, guarded, type Ids, requestOf } from '../generated/samples.ts'
import { realHash } from '../harness/identity.ts'
import { newPractice, storedItemsLike, type TestPractice } from '../harness/index.ts'
import { type Answer, fire, inTurn, shotOf, tokensOf } from './attacker.ts'

const { data, port } = inject('target')
const told = actions.filter(({ declaration }) => declaration.body)

/** What is written of patients. */
const records = [
  'patients.create',
  'patients.update',
  'coverages.create',
  'claims.update',
  'claims.submit',
  'psychotherapy.create',
  'substanceuse.create',
  'disclosures.record',
  'amendments.request',
  'amendments.decide',
  'breakglass.start',
  'consents.grant',
  'holds.place',
  'erasures.decide',
]

let practice: TestPractice
let ids: Ids
const answers: { id: string; answer: Answer }[] = []
const fields = new Map<string, string[]>()
/** What came out of the system beside the answers that were asked for, by where it came out. */
let places: Record<string, string>

beforeAll(async () => {
  practice = await newPractice({ passwordHash: await realHash() })
  ids = await furnish(practice)
  const tokens = await tokensOf(practice)
  const ask = async (id: string, token: string | undefined, request: Parameters<typeof shotOf>[1]) => {
    const answer = await fire({ ...shotOf(id, request), token })
    answers.push({ id, answer })
  }
  const seed = async (entry: (typeof told)[number]) => {
    const { declaration, id } = entry
    const token = declaration.allow === 'anyone' ? undefined : tokens[callerOf(entry)]
    const { taken, refused } = seededOf(entry, requestOf(entry, practice, ids))
    fields.set(id, [...taken.fields, ...refused.flatMap(one => one.fields)])
    // First what is refused: what is taken may end the session, or the record.
    for (const { request } of refused) await ask(id, token, request)
    await ask(id, token, taken.request)
  }
  const send = (entry: (typeof guarded)[number]) =>
    ask(entry.id, tokens[callerOf(entry)], requestOf(entry, practice, ids))
  for (const id of ['patients.update', 'claims.update', 'audit.close-finding'])
    await Promise.all(told.filter(entry => entry.id === id).map(seed))
  for (const id of ['claims.submit', 'recordexports.start'])
    await Promise.all(guarded.filter(entry => entry.id === id).map(send))
  await inTurn(
    told.filter(({ id }) => !fields.has(id)),
    seed,
  )
  // Then all that tells of it again.
  Object.assign(tokens, await tokensOf(practice))
  await inTurn(
    guarded.filter(({ declaration }) => declaration.route.startsWith('GET ')),
    send,
  )
  const functions = (await (await fetch(`http://127.0.0.1:${port}/_local/functions`)).json()) as {
    name: string
    routes: string[]
  }[]
  const scheduled = functions.filter(
    ({ name, routes }) => !routes.length && /run|redeliver|redispatch|heartbeat|collect/.test(name),
  )
  for (const { name } of scheduled) {
    await fetch(`http://127.0.0.1:${port}/_local/functions/${name}/invocations`, { method: 'POST', body: '{}' })
  }
  await pause(3_000)
  places = await look()
}, 600_000)

/** Everything that somebody could see who may see no record. */
async function look(): Promise<Record<string, string>> {
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}/_local/${path}`)).text()
  const logs = readdirSync(join(data, 'logs')).map(name => readFileSync(join(data, 'logs', name), 'utf8'))
  const items = await storedItemsLike('')
  const mine = items.filter(item => JSON.stringify(item).includes(practice.practice.practiceId))
  const keysOf = (item: object) => Object.entries(item).filter(([name]) => /^(pk|sk|[gl]si\d[ps]k)$/.test(name))
  const lines = (all: unknown[]) => all.map(one => JSON.stringify(one)).join('\n')
  const letters = JSON.parse(await get('outbox?limit=1000')) as { to?: unknown }[]
  return {
    'the logs, and the metrics in them': logs.join('\n'),
    'the traces, with every address that was called': lines(JSON.parse(await get('traces?limit=2000'))),
    'the queues': queued(),
    'the audit trail': lines(items.filter(({ pk }) => String(pk).startsWith('AUDIT#'))),
    'the keys of the table': lines(mine.map(keysOf)),
    'what is sealed': lines(mine.filter(({ box }) => box).map(({ box: _, ...item }) => item)),
    // Whom a letter goes to is whom it is for.
    'letters and texts': lines(letters.map(({ to: _, ...letter }) => letter)),
    'answers that refuse': answers
      .filter(({ answer }) => answer.status >= 400)
      .map(({ id, answer: { text, headers } }) => `${id} ${text} ${JSON.stringify(headers)}`)
      .join('\n'),
    'the heads of answers': lines(answers.map(({ id, answer }) => [id, answer.headers, answer.cookies])),
  }
}

/** Every message that was in a queue, those that were taken long ago too: what the store of the queues has in its files. */
const queued = () =>
  readdirSync(join(data, 'messaging'))
    .filter(name => !name.endsWith('-shm'))
    .map(name => readFileSync(join(data, 'messaging', name), 'latin1'))
    .join('\n')

describe("a person's data in every field of every request", () => {
  it('was there to be found', () => {
    const taken = answers.filter(({ answer }) => answer.status < 300)
    const of = (id: string) => taken.filter(one => one.id === id).length
    for (const id of records) expect([id, of(id)]).toEqual([id, 1])
    const shown = new Set(taken.filter(({ answer }) => telling(answer.text).length > 0).map(({ id }) => id))
    expect(shown.size).toBeGreaterThan(30)
    expect(answers.length - taken.length).toBeGreaterThan(150)
    expect([...fields.values()].flat().length).toBeGreaterThan(250)
    for (const [name, text] of Object.entries(places)) expect(text.length, name).toBeGreaterThan(1_000)
    expect(places['the queues']).toContain('"submission":')
    for (const id of records) expect(places['the logs, and the metrics in them']).toContain(`"action":"${id}"`)
  })

  it('would be found in each place', () => {
    for (const [name, text] of Object.entries(places)) {
      for (const mark of marks.filter(mark => !mark.startsWith('1951'))) {
        for (const form of [mark, Buffer.from(`x ${mark}`).toString('base64')].slice(0, mark.startsWith('K') ? 2 : 1)) {
          const at = Math.floor(text.length / 2)
          expect(telling(`${text.slice(0, at)}${form}${text.slice(at)}`).length, `${form} in ${name}`).toBeGreaterThan(
            0,
          )
        }
      }
    }
  })

  it('comes out nowhere but where it was asked for', () => {
    const leaks = Object.entries(places).flatMap(([name, text]) =>
      telling(text).map(line => `${name}: ${line.slice(0, 600)}`),
    )
    expect(leaks).toEqual([])
  })
})
