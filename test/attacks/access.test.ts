import { beforeAll, describe, expect, it } from 'vitest'
import { idsAt } from '../../shared/kernel/random.ts'
import {
  about,
  allows,
  callerOf,
  furnish,
  guarded,
  type Ids,
  prefixesIn,
  requestOf,
  roles,
  sampleOf,
} from '../generated/samples.ts'
import { sessionOf } from '../harness/identity.ts'
import { itemsOf, newPractice, type TestPractice } from '../harness/index.ts'
import { type Answer, fire, inTurn, shotOf, tokensOf } from './attacker.ts'
import { expectRecorded } from './denials.ts'

const practices: TestPractice[] = []
let practice: TestPractice
let other: TestPractice
/** What the patient's own are, what another patient's of the same practice are, and what another practice's are. */
let reach: Record<'own' | 'foreign' | 'elsewhere', Ids>
beforeAll(async () => {
  practice = await newPractice()
  other = await newPractice()
  practices.push(practice, other)
  reach = { own: await furnish(practice), foreign: await furnish(practice, 1), elsewhere: await furnish(other) }
})

const code = ({ status, body }: Answer): string => `${status} ${body?.code ?? ''}`.trim()

/** What is stored of a practice, without what every request leaves behind. */
const stored = async (practiceId: string) =>
  (await itemsOf(practiceId)).filter(({ pk }) => !/^(AUDIT|SESSION|LIMIT|SEAL)/.test(String(pk)))

/** The kinds of records that an answer tells of. */
const told = ({ text }: Answer, ids: Ids): string[] =>
  Object.entries(ids)
    .filter(([, id]) => id && text.includes(id))
    .map(([kind]) => kind)

/** An answer without what differs between any two requests, and without the ids that were asked for. */
const said = ({ status, text, headers }: Answer, ids: Ids): string => {
  const varies = /^(date|x-request-id|apigw-requestid|ratelimit|content-length|x-session-.*)$/
  const shown = Object.entries(headers).filter(([name]) => !varies.test(name))
  const plain = text.replace(/urn:request:[^"]+/, '').replace(/"at":"[^"]+"/g, '')
  return JSON.stringify([status, shown, Object.values(ids).reduce((rest, id) => rest.replaceAll(id, 'ID'), plain)])
}

/** Actions whose request names a record by its id, in the path or elsewhere. The trail itself finds that it was asked. */
const naming = guarded.filter(({ id }) => prefixesIn(sampleOf(id)).length > 0 && id !== 'audit.list')

describe('every role at every action', () => {
  it('404 wherever the role may not act, as if there were nothing', async () => {
    const tokens = await tokensOf(practice)
    const wrong: string[] = []
    let asked = 0
    await inTurn(guarded, async entry => {
      for (const role of roles.filter(role => !allows(entry, role))) {
        asked++
        const answer = await fire({ ...shotOf(entry.id, requestOf(entry, practice, reach.own)), token: tokens[role] })
        if (code(answer) !== '404 forbidden') wrong.push(`${role} ${entry.id}: ${code(answer)}`)
      }
    })
    expect(asked).toBeGreaterThan(100)
    expect(wrong).toEqual([])
  })

  it("answers no patient anything about another patient's records", async () => {
    const { prc: _, prn: __, usr: ___, key: ____, psk: _____, idn: ______, ...foreign } = reach.foreign
    const wrong: string[] = []
    const asked = naming.filter(entry => allows(entry, 'patient'))
    const { patient: token } = await tokensOf(practice)
    await inTurn(asked, async entry => {
      const answer = await fire({ ...shotOf(entry.id, about(sampleOf(entry.id), reach.foreign)), token })
      if (told(answer, foreign).length > 0) wrong.push(`${entry.id}: ${code(answer)} tells of ${told(answer, foreign)}`)
    })
    expect(asked.length).toBeGreaterThan(5)
    expect(wrong).toEqual([])
  })
})

describe("ids of another practice's records", () => {
  it('are answered, by every action that takes one, exactly as ids of nothing, and change nothing there', async () => {
    const tokens = await tokensOf(practice)
    const before = await stored(other.practice.practiceId)
    const wrong: string[] = []
    await inTurn(naming, async entry => {
      const nothing: Ids = Object.fromEntries(
        Object.keys(reach.elsewhere).map(kind => [kind, idsAt(new Date().toJSON())(kind as 'pat')]),
      )
      const ask = (ids: Ids) =>
        fire({ ...shotOf(entry.id, about(sampleOf(entry.id), ids)), token: tokens[callerOf(entry)] })
      const [theirs, none] = [await ask(reach.elsewhere), await ask(nothing)]
      if (said(theirs, reach.elsewhere) !== said(none, nothing))
        wrong.push(`${entry.id}:\n  ${said(theirs, reach.elsewhere)}\n  ${said(none, nothing)}`)
      if (theirs.status >= 500) wrong.push(`${entry.id}: ${code(theirs)}`)
    })
    expect(naming.length).toBeGreaterThan(25)
    expect(wrong.join('\n')).toBe('')
    expect(await stored(other.practice.practiceId)).toEqual(before)
    const ours = new Set<string>(Object.values(practice.users).map(({ userId }) => userId))
    expect((await other.trail()).filter(({ actor }) => ours.has(actor.id))).toEqual([])
  })
})

describe('a patient whose chart is not known', () => {
  it('is shown nobody else’s, by no way to ask for a list', async () => {
    const { token } = await sessionOf({ ...practice.users.patient, patientId: undefined })
    const lists = [
      '/claims?transmission=none',
      '/claims?transmission=queued',
      `/claims?patientId=${reach.own.pat}`,
      `/appointments?practitionerId=${reach.own.prn}`,
      `/appointments?patientId=${reach.own.pat}`,
      `/audit-events?patientId=${reach.own.pat}`,
      `/audit-events?entity=Claim/${reach.own.clm}`,
      `/claims/${reach.own.clm}`,
      `/appointments/${reach.own.apt}`,
      `/telehealth/${reach.own.tel}`,
      `/patients/${reach.own.pat}`,
      `/patients/${reach.own.pat}/coverages`,
    ]
    const answers = await inTurn(lists, path => fire({ path, token }))
    expect(answers.filter(({ status }) => status !== 404).map(({ asked }) => asked.path)).toEqual([])
    expect((await fire({ path: '/patients', token })).body.items).toEqual([])
  })
})

it('the trail holds every denial', () => expectRecorded(...practices.map(({ practice }) => practice.practiceId)))
