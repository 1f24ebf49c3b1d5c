import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { clientOf, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { toldOf } from '../../harness/letters.ts'

describe('POST /sessions/current/refresh', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const familyOf = async ({ session }: Awaited<ReturnType<typeof sessionOf>>) =>
    (await itemsAt(`SESSION#${session.practiceId}#${session.userId}`)).filter(
      ({ sessionId }) => sessionId === session.sessionId,
    )
  const refresh = async (client: Awaited<ReturnType<typeof sessionOf>>) => {
    const answer = await client.call('sessions.refresh')
    expect(answer.status).toBe(200)
    return clientOf(client.user, answer)
  }

  it('200 gives the same sign-in another token and another fifteen minutes', async () => {
    const first = await sessionOf(practice.users.admin)
    const moment = plus(first.session.signedInAt, 10 * 60_000)
    const answer = await at(moment, () => first.call('sessions.refresh'))
    expect(answer.status).toBe(200)
    expect(answer.cookies[0]).toMatch(/^__Host-sid=\S+; Path=\/; Secure; HttpOnly; SameSite=Strict$/)
    expect(answer.body).toMatchObject({
      sessionId: first.session.sessionId,
      aal: 'aal2',
      idleExpiresAt: plus(moment, 15 * 60_000),
      absoluteExpiresAt: first.session.absoluteExpiresAt,
    })
    expect(answer.headers['x-session-idle-expires']).toBe(answer.body.idleExpiresAt)
    const second = clientOf(first.user, answer)
    expect(second.token).not.toBe(first.token)
    expect((await at(moment, () => second.call('patients.list'))).status).toBe(200)
  })

  it('200 keeps when it was signed in, and never goes past its eight hours', async () => {
    const client = await sessionOf(practice.users.biller)
    const { absoluteExpiresAt, signedInAt } = client.session
    const late = plus(absoluteExpiresAt, -60_000)
    const alive = await sessionOf(practice.users.biller, {
      sessionId: client.session.sessionId,
      signedInAt,
      absoluteExpiresAt,
      idleExpiresAt: absoluteExpiresAt,
    })
    const answer = await at(late, () => alive.call('sessions.refresh'))
    expect(answer.body).toMatchObject({ idleExpiresAt: absoluteExpiresAt, absoluteExpiresAt })
    const renewed = clientOf(client.user, answer)
    expect((await at(plus(absoluteExpiresAt, -1), () => renewed.call('patients.list'))).status).toBe(200)
    expect((await at(absoluteExpiresAt, () => renewed.call('patients.list'))).status).toBe(401)
    const latest = (await familyOf(client)).find(
      ({ graceUntil, idleExpiresAt }) => !graceUntil && idleExpiresAt === absoluteExpiresAt,
    )
    expect(latest).toMatchObject({ signedInAt })
  })

  it('200 is audited', async () => {
    const client = await sessionOf(practice.users.patient)
    const answer = await client.call('sessions.refresh')
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'sessions.refresh',
        verb: 'U',
        outcome: 'success',
        actor: expect.objectContaining({ id: client.user.userId, role: 'patient' }),
        entity: { type: 'Session', id: client.session.sessionId },
      }),
    ])
  })

  it('200 leaves the old token half a minute, for tabs that have not heard', async () => {
    const first = await sessionOf(practice.users.supervisor)
    const moment = plus(first.session.signedInAt, 60_000)
    await at(moment, () => refresh(first))
    const early = await at(plus(moment, 29_999), () => first.call('patients.list'))
    expect(early.status).toBe(200)
    const late = await at(plus(moment, 30_000), () => first.call('patients.list'))
    expect([late.status, late.body.code]).toEqual([401, 'session-reused'])
  })

  it('200 does not let the old token live longer by using it', async () => {
    const first = await sessionOf(practice.users.supervisor)
    const moment = plus(first.session.signedInAt, 5 * 60_000)
    await at(moment, () => refresh(first))
    const before = (await familyOf(first)).find(({ graceUntil }) => graceUntil)
    await at(plus(moment, 20_000), () => first.call('patients.list'))
    expect((await familyOf(first)).find(({ graceUntil }) => graceUntil)).toEqual(before)
  })

  it('401 for an old token after its grace ends the whole sign-in, here and wherever it was renewed', async () => {
    const first = await sessionOf(practice.users.admin)
    const other = await sessionOf(practice.users.admin)
    const moment = plus(first.session.signedInAt, 60_000)
    const second = await at(moment, () => refresh(first))
    const third = await at(plus(moment, 1_000), async () =>
      clientOf(second.user, await second.call('sessions.refresh')),
    )
    const reuse = plus(moment, 31_000)
    expect((await at(reuse, () => third.call('patients.list'))).status).toBe(200)
    const stolen = await at(reuse, () => first.call('patients.list'))
    expect([stolen.status, stolen.body.code]).toEqual([401, 'session-reused'])
    for (const client of [first, second, third]) {
      const { status, body } = await at(plus(reuse, 1), () => client.call('patients.list'))
      expect([status, body.code]).toEqual([401, 'session-expired'])
    }
    expect((await at(plus(reuse, 1), () => other.call('patients.list'))).status).toBe(200)
    const actor = expect.objectContaining({ id: first.user.userId })
    const entity = { type: 'Session', id: first.session.sessionId }
    const records = await practice.recordsOf(stolen)
    expect(records).toHaveLength(2)
    expect(records).toContainEqual(
      expect.objectContaining({
        name: 'sessions.reuse',
        verb: 'D',
        outcome: 'success',
        reason: 'session-reused',
        actor,
        entity,
      }),
    )
    expect(records).toContainEqual(
      expect.objectContaining({ name: 'patients.list', outcome: 'denied', reason: 'session-reused', actor }),
    )
  })

  it('401 for an old token tells its user, once however often and wherever it comes back', async () => {
    const own = await newPractice()
    const first = await sessionOf(own.users['front-desk'])
    const moment = plus(first.session.signedInAt, 60_000)
    const second = await at(moment, () => refresh(first))
    const reuse = plus(moment, 30_000)
    // Also by what keeps no audit trail of its own.
    const asked = [...Array(10).fill('patients.list'), ...Array(10).fill('slots.list')]
    const params = { practitionerId: own.practitioners[0]?.practitionerId ?? '' }
    const answers = await at(reuse, () =>
      Promise.all(
        asked.map(id => first.call(id, id === 'slots.list' ? { params, query: { date: moment.slice(0, 10) } } : {})),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    expect((await at(plus(reuse, 1), () => second.call('patients.list'))).status).toBe(401)
    expect(await toldOf(own)).toEqual([['session-token-reused', first.user.userId]])
    expect((await own.trail()).filter(({ name }) => name === 'sessions.reuse')).toHaveLength(1)
  })

  it('401 for an old token ends the sign-in also while whoever stole it renews it', async () => {
    const first = await sessionOf(practice.users.admin)
    const moment = plus(first.session.signedInAt, 60_000)
    const second = await at(moment, () => refresh(first))
    await at(plus(moment, 31_000), async () => {
      const [renewed, reused] = await Promise.all([second.call('sessions.refresh'), first.call('patients.list')])
      expect(reused.status).toBe(401)
      const third = renewed.status === 200 ? clientOf(second.user, renewed) : second
      for (const client of [second, third]) expect((await client.call('patients.list')).status).toBe(401)
    })
  })

  it('401 for an old token ends the sign-in also when the old token would be idle by now', async () => {
    const first = await sessionOf(practice.users.admin)
    const moment = plus(first.session.signedInAt, 10 * 60_000)
    const second = await at(moment, () => refresh(first))
    const third = await at(plus(moment, 10 * 60_000), async () =>
      clientOf(second.user, await second.call('sessions.refresh')),
    )
    const reuse = plus(moment, 20 * 60_000)
    expect((await at(reuse, () => third.call('patients.list'))).status).toBe(200)
    expect((await at(reuse, () => first.call('patients.list'))).status).toBe(401)
    expect((await at(plus(reuse, 1), () => third.call('patients.list'))).status).toBe(401)
  })

  it('200 once, of twenty tabs that refresh at once', async () => {
    const client = await sessionOf(practice.users['front-desk'])
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.call('sessions.refresh')))
    const renewed = answers.filter(({ status }) => status === 200)
    expect(renewed).toHaveLength(1)
    const others = answers.filter(({ status }) => status !== 200)
    expect(others.map(({ status }) => status)).toEqual(Array(19).fill(409))
    expect(others.every(({ cookies }) => cookies.length === 0)).toBe(true)
    const family = await familyOf(client)
    expect(family).toHaveLength(2)
    expect(family.filter(({ graceUntil }) => !graceUntil)).toHaveLength(1)
    // None of the nineteen is signed out by it.
    expect((await client.call('patients.list')).status).toBe(200)
  })

  it('409 for a token that was renewed already, within its grace', async () => {
    const first = await sessionOf(practice.users.auditor)
    await refresh(first)
    const again = await first.call('sessions.refresh')
    expect([again.status, again.body.code, again.cookies]).toEqual([409, 'already-refreshed', []])
    expect(await familyOf(first)).toHaveLength(2)
  })

  it('403 for a half-done sign-in: its ten minutes are not renewed', async () => {
    const client = await practice.as('admin', 'pending')
    const { status, body } = await client.call('sessions.refresh')
    expect([status, body.code]).toEqual([403, 'mfa-required'])
  })

  it('401 for a session that is over', async () => {
    const now = new Date().toJSON()
    const client = await sessionOf(practice.users.admin, { idleExpiresAt: plus(now, -1) })
    const { status, body, cookies } = await client.call('sessions.refresh')
    expect([status, body.code]).toEqual([401, 'session-expired'])
    expect(cookies).toEqual([])
  })
})
