import { beforeAll, describe, expect, it } from 'vitest'
import { grantable } from '../../shared/kernel/permissions.ts'
import { keyOf } from '../harness/clients.ts'
import { sessionOf } from '../harness/identity.ts'
import { itemsOf, newPractice, type TestPractice } from '../harness/index.ts'
import {
  about,
  actions,
  allows,
  changes,
  Denials,
  expectWellFormed,
  furnish,
  guarded,
  type Ids,
  open,
  prefixesIn,
  requestOf,
  rest,
  roles,
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

describe.each(guarded)('$declaration.route', entry => {
  const { id, declaration } = entry
  const refused = roles.filter(role => !allows(entry, role))
  beforeAll(() => rest(practice, entry, roles))

  it('401 without a session', async () => {
    const answer = await send(id, requestOf(entry, practice, ids))
    expect([answer.status, expectWellFormed(entry, answer)]).toEqual([401, 'unauthenticated'])
    denials.keep(entry, answer)
  })

  it('401 with a session that is over', async () => {
    const over = { idleExpiresAt: '2026-01-01T00:00:00.000Z' }
    const { token } = await sessionOf(practice.users.admin, over)
    const answer = await send(id, requestOf(entry, practice, ids), token)
    expect([answer.status, expectWellFormed(entry, answer)]).toEqual([401, 'session-expired'])
    denials.keep(entry, answer)
  })

  if (declaration.allow !== 'pending-mfa') {
    it('403 while the second factor is owed, in every role', async () => {
      const answers = await Promise.all(
        roles.map(async role => send(id, requestOf(entry, practice, ids), (await practice.as(role, 'pending')).token)),
      )
      for (const answer of answers) {
        expect([answer.status, expectWellFormed(entry, answer)]).toEqual([403, 'mfa-required'])
      }
      denials.keep(entry, ...answers)
    })
  }

  if (declaration.stepUp) {
    it('403 with a factor that was shown more than five minutes ago, or never', async () => {
      const role = roles.find(role => allows(entry, role)) ?? 'admin'
      const stale = [new Date(Date.now() - 301_000).toJSON(), undefined]
      const answers = await Promise.all(
        stale.map(async verifiedAt =>
          send(id, requestOf(entry, practice, ids), (await sessionOf(practice.users[role], { verifiedAt })).token),
        ),
      )
      for (const answer of answers) {
        expect([answer.status, expectWellFormed(entry, answer)]).toEqual([403, 'step-up-required'])
      }
      denials.keep(entry, ...answers)
    })
  }

  if (open.includes(entry)) {
    // Reading one's own trail is nobody's who has none; reading all of it includes it.
    const scope = declaration.allow === 'audit:read-own' ? 'audit:read' : declaration.allow

    it(`any answer but a refusal to an API key with the scope ${scope} alone`, async () => {
      const { call } = await keyOf(practice, { scopes: [scope] })
      const answer = await call(id, requestOf(entry, practice, ids))
      expectWellFormed(entry, answer)
      expect([400, 401, 403], answer.body.code).not.toContain(answer.status)
      expect(answer.body.code).not.toBe('forbidden')
    })

    it('404 to one with every scope but that', async () => {
      const { call } = await keyOf(practice, { scopes: grantable.filter(each => each !== scope) })
      const answer = await call(id, requestOf(entry, practice, ids))
      expect([answer.status, expectWellFormed(entry, answer)]).toEqual([404, 'forbidden'])
      denials.keep(entry, answer)
    })
  } else {
    it('401 to an API key, whatever its scopes', async () => {
      const { call } = await keyOf(practice, { scopes: [...grantable, 'api-key:manage', 'audit:read-own'] })
      const answer = await call(id, requestOf(entry, practice, ids))
      expect([answer.status, expectWellFormed(entry, answer)]).toEqual([401, 'unauthenticated'])
      denials.keep(entry, answer)
    })
  }

  it('400 with a key beside a session', async () => {
    const { secret } = await keyOf(practice)
    const { token } = await practice.as('admin')
    const request = { ...requestOf(entry, practice, ids), headers: { authorization: `Bearer ${secret}` } }
    const answer = await send(id, request, token)
    expect([answer.status, expectWellFormed(entry, answer)]).toEqual([400, 'malformed-request'])
    denials.keep(entry, answer)
  })

  if (refused.length > 0) {
    it(`404 to ${refused.join(', ')}, as if there were nothing`, async () => {
      const answers = await Promise.all(
        refused.map(async role => send(id, requestOf(entry, practice, ids), (await practice.as(role)).token)),
      )
      for (const answer of answers) {
        expect([answer.status, expectWellFormed(entry, answer)]).toEqual([404, 'forbidden'])
      }
      denials.keep(entry, ...answers)
    })
  }

  if (changes(entry)) {
    it('403 from another site, and without the proof of our page', async () => {
      const { token } = await practice.as(roles.find(role => allows(entry, role)) ?? 'admin')
      const forged: Record<string, string>[] = [{ 'sec-fetch-site': 'cross-site' }, { 'x-csrf': '' }]
      const answers = await Promise.all(
        forged.map(headers => send(id, { ...requestOf(entry, practice, ids), headers }, token)),
      )
      for (const answer of answers) {
        expect([answer.status, expectWellFormed(entry, answer)]).toEqual([403, 'csrf-refused'])
      }
      denials.keep(entry, ...answers)
    })
  }
})

describe('what anybody may ask', () => {
  it('is signing in, its CAPTCHA, links of mails, tokens, health and documentation, and nothing else', () => {
    const unguarded = actions.filter(entry => !guarded.includes(entry)).map(({ id }) => id)
    const ways =
      /^((auth|captcha|federation|health|docs|oauth)\..*|passkeys\.login(-options)?|accounts\.(register|undo)|passwords\.(forgot|reset))$/
    expect(unguarded.filter(id => !ways.test(id))).toEqual([])
  })

  it('is limited by address wherever it costs anything', () => {
    const anybodys = actions.filter(({ declaration }) => declaration.allow === 'anyone')
    const costly = anybodys.filter(({ declaration }) => Object.keys(declaration.uses).length > 0)
    expect(costly.filter(({ declaration }) => declaration.limit === 'none').map(({ id }) => id)).toEqual([])
  })
})

/** What is stored of a practice, without what every request leaves behind. */
const stored = async (practiceId: string) =>
  (await itemsOf(practiceId)).filter(({ pk }) => !/^(AUDIT|SESSION|LIMIT)#/.test(String(pk)))

describe("another practice's records", () => {
  // Who asks has written nothing yet: those above have spent most of what a user may write in a minute.
  let asking: TestPractice
  let own: Ids
  let other: TestPractice
  let foreign: Ids
  let before: unknown
  beforeAll(async () => {
    asking = await newPractice()
    own = await furnish(asking)
    other = await newPractice()
    foreign = await furnish(other)
    before = await stored(other.practice.practiceId)
  })

  const naming = guarded.filter(({ id }) => prefixesIn(sampleOf(id)).length > 0)

  it.each(naming)('404, 409, 422 or an empty list from $declaration.route', async entry => {
    const { id } = entry
    const named = prefixesIn(sampleOf(id))
    // All of them, and each alone among our own.
    const swaps = [foreign, ...named.map(prefix => ({ ...own, [prefix]: foreign[prefix] ?? '' }))]
    for (const role of roles.filter(role => allows(entry, role))) {
      const { token } = await asking.as(role)
      for (const swap of swaps) {
        const answer = await send(id, about(sampleOf(id), swap), token)
        expectWellFormed(entry, answer)
        if (answer.status === 200) {
          // A list of what is not there is empty. In the trail stand only our own attempts.
          const ours = id === 'audit.list' ? asking.practice.practiceId : 'none'
          expect(answer.body.items.filter((item: { practiceId: string }) => item.practiceId !== ours)).toEqual([])
        } else {
          expect([404, 409, 422], `${role} ${id} ${answer.status}`).toContain(answer.status)
          const told = JSON.stringify(answer.body)
          for (const secret of Object.values(foreign)) expect(told).not.toContain(secret)
        }
      }
    }
  })

  it('are as they were', async () => {
    expect(await stored(other.practice.practiceId)).toEqual(before)
    // Nor does their trail know of us.
    const trail = await other.trail()
    const ours = new Set<string>(Object.values(asking.users).map(({ userId }) => userId))
    expect(trail.filter(({ actor }) => ours.has(actor.id))).toEqual([])
  })
})

describe("another patient's records, to a patient", () => {
  let asking: TestPractice
  let others: Ids
  const denials = new Denials()
  beforeAll(async () => {
    asking = await newPractice()
    others = await furnish(asking, 1)
  })

  const personal = ['pat', 'cov', 'apt', 'clm', 'tel']
  const naming = guarded.filter(
    entry => allows(entry, 'patient') && prefixesIn(sampleOf(entry.id)).some(prefix => personal.includes(prefix)),
  )

  it.each(naming)('404, 409 or 422 from $declaration.route', async entry => {
    const { token } = await asking.as('patient')
    const answer = await send(entry.id, about(sampleOf(entry.id), others), token)
    expectWellFormed(entry, answer)
    expect([404, 409, 422]).toContain(answer.status)
    const told = JSON.stringify(answer.body)
    for (const prefix of personal) expect(told).not.toContain(others[prefix])
    denials.keep(entry, answer)
  })

  it('leaves every denial in the trail', async () => {
    await denials.expectRecorded(asking.practice.practiceId)
  })
})

it('the trail holds every denial', async () => {
  await denials.expectRecorded(practice.practice.practiceId)
})
