import { beforeAll, describe, expect, it } from 'vitest'
import { placesOf } from '../../../shared/domain/quotas.ts'
import { at, plus } from '../../harness/clock.ts'
import { sdkError, withFault } from '../../harness/faults.ts'
import { sessionOf } from '../../harness/identity.ts'
import { type Answer, newPractice, plant, type TestPractice } from '../../harness/index.ts'

const noon = '2029-03-05T12:00:00.000Z'
const minute = 60_000

describe('the deadlines of the session', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  type Caller = Awaited<ReturnType<typeof sessionOf>>
  const fullOf = async ({ user }: Caller) => {
    const [{ page, slot, ends }] = placesOf('read', Date.parse(noon))
    await plant({ pk: `LIMIT#read#${user.userId}`, sk: String(page), [`n${slot}`]: 600, ttl: ends })
  }

  it.each([
    [200, 'a success', {}, (c: Caller) => c.call('patients.list')],
    [400, 'a wrong request', {}, (c: Caller) => c.call('patients.list', { query: { no: 'no' } })],
    [403, 'a forged request', {}, (c: Caller) => c.call('patients.create', { body: {}, headers: { 'x-csrf': '' } })],
    [403, 'a factor that is owed', { aal: 'pending', next: 'mfa-verify' }, (c: Caller) => c.call('patients.list')],
    [403, 'a factor that is stale', { verifiedAt: plus(noon, -6 * minute) }, (c: Caller) => c.call('devices.trust')],
    [404, 'what the role may not', {}, (c: Caller) => c.call('audit.list', { query: { day: '2029-03-05' } })],
    [
      404,
      'what is not there',
      {},
      (c: Caller) => c.call('sessions.revoke', { params: { sessionId: 'ses_00000000000000000000' } }),
    ],
    [
      500,
      'a fault',
      {},
      (c: Caller) =>
        withFault(
          (_, input) => input.includes('PATIENT#'),
          new Error('none'),
          () => c.call('patients.list'),
        ),
    ],
    [
      503,
      'a table that does not answer',
      {},
      (c: Caller) =>
        withFault(
          (_, input) => input.includes('PATIENT#'),
          sdkError('InternalServerError'),
          () => c.call('patients.list'),
        ),
    ],
    // Last: from then on this user gets no other answer.
    [429, 'too many requests', {}, async (c: Caller) => fullOf(c).then(() => c.call('patients.list'))],
  ] as const)('%i %s tells them', async (status, _, change, ask) => {
    await at(noon, async () => {
      const caller = await sessionOf(practice.users.practitioner, change as object)
      const answer: Answer = await ask(caller)
      const { idleExpiresAt, absoluteExpiresAt } = caller.session
      expect(answer.status).toBe(status)
      expect(answer.headers).toMatchObject({
        'x-session-idle-expires': idleExpiresAt,
        'x-session-absolute-expires': absoluteExpiresAt,
        'x-session-warn-at': plus(idleExpiresAt, -2 * minute),
      })
    })
  })

  it('are nobody’s where a request is refused before anybody is known', async () => {
    const caller = await sessionOf(practice.users.practitioner)
    const { status, headers } = await caller.call('patients.create', { rawBody: '{' })
    expect([status, headers['x-session-idle-expires']]).toEqual([400, undefined])
  })
})
