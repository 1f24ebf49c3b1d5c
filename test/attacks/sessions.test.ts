import { setTimeout as pause } from 'node:timers/promises'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../shared/schema/identity.ts'
import { keyOf } from '../../shared/store/entity.ts'
import { sessionEntity } from '../../shared/store/sessions.ts'
import { allows, guarded, requestOf } from '../generated/samples.ts'
import { changeUser, realHash, sessionOf } from '../harness/identity.ts'
import { itemsAt, newPractice, password, place, type TestPractice, table } from '../harness/index.ts'
import {
  type Answer,
  fire,
  freshAddress,
  holding,
  inTurn,
  type Shot,
  shotOf,
  tokenIn,
  volley,
  warm,
} from './attacker.ts'
import { expectRecorded } from './denials.ts'

let practice: TestPractice
const practices: TestPractice[] = []
beforeAll(async () => {
  practice = await newPractice({ passwordHash: await realHash() })
  practices.push(practice)
})

/** A practice whose users this test may change. */
async function ownPractice(): Promise<TestPractice> {
  const own = await newPractice()
  practices.push(own)
  return own
}

const current = (token: string, more: Partial<Shot> = {}): Promise<Answer> =>
  fire({ path: '/sessions/current', token, ...more })

const code = ({ status, body }: Answer): string => `${status} ${body.code ?? ''}`.trim()

/** Moves what is stored of a session, as if its time had passed. */
const move = (session: Session, change: Partial<Session>) =>
  table.send(
    new UpdateCommand({
      TableName: place.environment.TABLE_NAME,
      Key: keyOf(sessionEntity.keys(session)),
      UpdateExpression: `SET ${Object.keys(change)
        .map(name => `${name} = :${name}`)
        .join(', ')}`,
      ExpressionAttributeValues: Object.fromEntries(Object.entries(change).map(([name, value]) => [`:${name}`, value])),
    }),
  )

const inMs = (ms: number): string => new Date(Date.now() + ms).toJSON()
const until = (instant: string) => pause(Math.max(0, Date.parse(instant) - Date.now()))

describe('a cookie that was chosen before the sign-in', () => {
  it.each([
    ['of no form', () => 'chosen-by-the-attacker'],
    [
      'of the right form',
      () => `${practice.users.patient.practiceId}.${practice.users.patient.userId}.${'A'.repeat(43)}`,
    ],
    ['of somebody who is signed in', async () => (await practice.as('auditor')).token],
  ])('%s is never adopted', async (_, choose) => {
    const chosen = await choose()
    const before = await current(chosen)
    const { practiceSlug, email, userId } = practice.users.patient
    const body = { practice: practiceSlug, email, password }
    const signedIn = await fire({ method: 'POST', path: '/auth/login', body, token: chosen })
    expect(signedIn.status).toBe(200)
    expect(tokenIn(signedIn)).not.toBe(chosen)
    expect(signedIn.body.userId).toBe(userId)
    // What the attacker holds is worth what it was worth before.
    const after = await current(chosen)
    expect([code(after), after.body.userId]).toEqual([code(before), before.body.userId])
    expect(after.body.userId).not.toBe(userId)
  })

  it('does not stand beside the real one: two session cookies are none', async () => {
    const { token } = await practice.as('patient')
    const cookie = (...tokens: string[]) => tokens.map(one => `__Host-sid=${one}`).join('; ')
    const forged = 'A'.repeat(43)
    for (const value of [cookie(token, forged), cookie(forged, token), cookie(token, token)]) {
      expect(code(await current(token, { headers: { cookie: value } }))).toBe('401 unauthenticated')
    }
  })

  it('carries what a browser needs to keep it: this host, HTTPS, no script, no other site', async () => {
    const { practiceSlug, email } = practice.users.patient
    const { cookies } = await fire({
      method: 'POST',
      path: '/auth/login',
      body: { practice: practiceSlug, email, password },
    })
    expect(cookies).toEqual([
      expect.stringMatching(/^__Host-sid=[\w.-]{80,}; Path=\/; Secure; HttpOnly; SameSite=Strict$/),
    ])
  })
})

describe('parts of two sessions put together', () => {
  it("open nothing: another user's or practice's name before one's own secret", async () => {
    const { token } = await practice.as('patient')
    const other = (await ownPractice()).users.admin
    const [practiceId = '', userId = '', secret = ''] = token.split('.')
    const mixed = [
      [practiceId, practice.users.admin.userId, secret],
      [other.practiceId, other.userId, secret],
      [other.practiceId, userId, secret],
      [practiceId, userId, secret.toLowerCase()],
      [practiceId, userId, `${secret}=`],
      [practiceId.toLowerCase(), userId, secret],
      [practiceId, userId, secret, secret],
      [`${practiceId}%2e${userId}`, secret],
    ]
    for (const parts of mixed) expect(code(await current(parts.join('.'))), parts.join('.')).toBe('401 session-expired')
  })

  it("complete no sign-in: one session's proof with another's cookie", async () => {
    const [mine, theirs] = [await practice.as('patient', 'pending'), await practice.as('admin', 'pending')]
    const proof = (await current(mine.token)).body.csrf
    const answer = await holding(theirs.token).fire('POST', '/mfa/setup', { headers: { 'x-csrf': proof } })
    expect(code(answer)).toBe('403 csrf-refused')
  })
})

describe('a half-done sign-in', () => {
  const closed = guarded.filter(({ declaration }) => declaration.allow !== 'pending-mfa')
  const own = guarded.filter(({ declaration }) => declaration.allow === 'pending-mfa')

  it('reaches no action but those that finish or end it, not even as an administrator', {
    timeout: 300_000,
  }, async () => {
    const wrong: string[] = []
    for (const role of ['admin', 'patient'] as const) {
      const { token } = await practice.as(role, 'pending')
      const answers = await inTurn(closed, entry =>
        fire({ ...shotOf(entry.id, requestOf(entry, practice, {})), token }),
      )
      for (const [index, answer] of answers.entries()) {
        if (code(answer) !== '403 mfa-required') wrong.push(`${role} ${closed[index]?.id}: ${code(answer)}`)
      }
    }
    expect(closed.length).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  })

  it('may do nothing else than sign in, look at itself and sign out', () => {
    expect(
      own.map(({ domain }) => domain).filter(domain => !/^(auth|mfa|sessions|passkeys|devices|factors)$/.test(domain)),
    ).toEqual([])
  })

  it('never becomes a whole one by being refreshed, and ends after ten minutes whatever it does', async () => {
    const { token, session } = await sessionOf(practice.users.admin, {
      aal: 'pending',
      amr: ['pwd'],
      next: 'mfa-setup',
    })
    expect(code(await holding(token).fire('POST', '/sessions/current/refresh'))).toBe('403 mfa-required')
    expect(Date.parse(session.absoluteExpiresAt) - Date.now()).toBeLessThanOrEqual(600_000)
    const edge = inMs(1_500)
    await move(session, { absoluteExpiresAt: edge, idleExpiresAt: edge })
    expect((await current(token)).status).toBe(200)
    await until(edge)
    expect(code(await current(token))).toBe('401 session-expired')
  })
})

describe('a session that is over', () => {
  it('stays over after signing out, on every action', async () => {
    const { token } = await practice.as('admin')
    const answer = await holding(token).fire('POST', '/auth/logout')
    expect(answer.status).toBe(204)
    expect(answer.headers['clear-site-data']).toBe('"cache", "storage"')
    const mine = guarded.filter(entry => allows(entry, 'admin'))
    const answers = await inTurn(mine, entry => fire({ ...shotOf(entry.id, requestOf(entry, practice, {})), token }))
    expect([...new Set(answers.map(code))]).toEqual(['401 session-expired'])
  })

  it('ends at the very next request when its user is disabled, changes role, or has all sessions ended', async () => {
    const changes = [{ status: 'disabled' }, { role: 'auditor' }, { role: 'admin' }, { sessionEpoch: 1 }] as const
    for (const change of changes) {
      const { users, as } = await ownPractice()
      const sessions = [await as('biller'), await as('biller')]
      for (const { token } of sessions) expect((await current(token)).status).toBe(200)
      await changeUser(users.biller, change)
      for (const { token } of sessions) {
        expect(code(await current(token)), JSON.stringify(change)).toBe('401 session-expired')
        expect(code(await holding(token).fire('POST', '/sessions/current/refresh'))).toBe('401 session-expired')
      }
    }
  })

  it('is not opened for somebody who is disabled, and nobody is told why', async () => {
    const own = await newPractice({ passwordHash: await realHash() })
    practices.push(own)
    await changeUser(own.users.patient, { status: 'disabled' })
    const { practiceSlug, email } = own.users.patient
    const answer = await fire({
      method: 'POST',
      path: '/auth/login',
      body: { practice: practiceSlug, email, password },
    })
    expect(code(answer)).toBe('401 credentials-refused')
  })
})

describe('the deadlines of a session', () => {
  it('end it at the millisecond, not later: without activity', async () => {
    const { token, session } = await sessionOf(practice.users.admin)
    const edge = inMs(2_000)
    await move(session, { idleExpiresAt: edge })
    const before = await current(token)
    expect([before.status, before.headers['x-session-idle-expires']]).toEqual([200, edge])
    await until(edge)
    expect(code(await current(token))).toBe('401 session-expired')
    expect(code(await fire({ path: '/patients', token }))).toBe('401 session-expired')
  })

  it('end it at the millisecond, not later: whatever the activity', async () => {
    const { token, session } = await sessionOf(practice.users.admin)
    const edge = inMs(2_500)
    await move(session, { absoluteExpiresAt: edge })
    const before = await fire({ path: '/patients', token })
    expect([before.status, before.headers['x-session-absolute-expires']]).toEqual([200, edge])
    const renewed = await holding(token).fire('POST', '/sessions/current/refresh')
    expect([renewed.status, renewed.body.absoluteExpiresAt, renewed.body.idleExpiresAt]).toEqual([200, edge, edge])
    await until(edge)
    expect(code(await current(token))).toBe('401 session-expired')
    expect(code(await current(tokenIn(renewed)))).toBe('401 session-expired')
  })

  it('move on with activity up to the last moment, and never with a look at the session itself', async () => {
    const { token, session } = await sessionOf(practice.users.admin)
    const edge = inMs(3_000)
    await move(session, { idleExpiresAt: edge })
    for (let look = 0; look < 5; look++) expect((await current(token)).headers['x-session-idle-expires']).toBe(edge)
    const active = await fire({ path: '/patients', token })
    expect(Date.parse(active.headers['x-session-idle-expires'] ?? '') - Date.now()).toBeGreaterThan(14 * 60_000)
    await until(edge)
    expect((await current(token)).status).toBe(200)
  })
})

describe('renewing a session', () => {
  beforeAll(() => warm('POST', '/sessions/current/refresh'))

  it('twenty times at one moment makes one new token, and locks its user out of nothing', async () => {
    const { token, user, session } = await sessionOf(practice.users.supervisor)
    const answers = await volley(
      Array.from({ length: 20 }, () => ({ method: 'POST', path: '/sessions/current/refresh', token })),
    )
    const renewed = answers.filter(({ status }) => status === 200)
    expect(renewed.length, answers.map(code).join()).toBe(1)
    expect(answers.map(({ status }) => status).filter(status => ![200, 409].includes(status))).toEqual([])
    expect(answers.filter(({ cookies }) => cookies.length > 0)).toEqual(renewed)
    const fresh = tokenIn(renewed[0] as Answer)
    expect((await current(fresh)).status).toBe(200)
    // Other tabs have half a minute to hear of it.
    expect((await fire({ path: '/patients', token })).status).toBe(200)
    const tokens = await itemsAt(`SESSION#${user.practiceId}#${user.userId}`)
    expect(tokens.filter(({ sessionId }) => sessionId === session.sessionId).length).toBe(2)
  })

  it('does not make the replaced token live longer by using it', async () => {
    const { token, session } = await sessionOf(practice.users.supervisor)
    expect((await holding(token).fire('POST', '/sessions/current/refresh')).status).toBe(200)
    expect(code(await holding(token).fire('POST', '/sessions/current/refresh'))).toBe('409 already-refreshed')
    const edge = inMs(1_500)
    await move(session, { graceUntil: edge })
    expect((await fire({ path: '/patients', token })).status).toBe(200)
    await until(edge)
    expect(code(await fire({ path: '/patients', token }))).toBe('401 session-reused')
  })

  it('ends the whole sign-in when the replaced token comes back late, thief and victim alike', async () => {
    const { token, session } = await sessionOf(practice.users.supervisor)
    const elsewhere = await sessionOf(practice.users.supervisor)
    const first = tokenIn(await holding(token).fire('POST', '/sessions/current/refresh'))
    const second = tokenIn(await holding(first).fire('POST', '/sessions/current/refresh'))
    expect((await current(second)).status).toBe(200)
    await move(session, { graceUntil: inMs(-1) })
    const thief = await fire({ path: '/patients', token, from: freshAddress() })
    expect(code(thief)).toBe('401 session-reused')
    for (const dead of [token, first, second]) expect(code(await current(dead))).toBe('401 session-expired')
    // Their sign-in on another machine is none of it.
    expect((await current(elsewhere.token)).status).toBe(200)
  })

  it('that meets the sign-out leaves no token alive', async () => {
    for (let round = 0; round < 5; round++) {
      const { token, user, session } = await sessionOf(practice.users['front-desk'])
      const post = (path: string) => ({ method: 'POST', path, token })
      const [renewed, out] = (await volley([post('/sessions/current/refresh'), post('/auth/logout')])) as [
        Answer,
        Answer,
      ]
      // Either the sign-out says that it was too late, and the page signs out with the new cookie, or nothing is left.
      if (out.status === 204) {
        for (const left of [token, tokenIn(renewed)].filter(Boolean)) {
          expect(code(await current(left)), `${code(renewed)} ${code(out)}`).toBe('401 session-expired')
        }
      } else expect(code(out)).toMatch(/^409 (already-refreshed|conflict)$/)
      expect(session.userId).toBe(user.userId)
    }
  })
})

it('the trail holds every denial', () => expectRecorded(...practices.map(({ practice }) => practice.practiceId)))
