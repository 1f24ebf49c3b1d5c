import { beforeAll, describe, expect, it } from 'vitest'
import { csrfToken } from '../../../shared/domain/cookies.ts'
import { sessionOf } from '../../harness/identity.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'

describe('GET /sessions/current', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('200 says who is signed in, how, and for how long', async () => {
    const { session, ...client } = await sessionOf(practice.users.practitioner)
    const answer = await client.call('sessions.current')
    expect(answer.status).toBe(200)
    const { sessionId, userId, practiceId, idleExpiresAt, absoluteExpiresAt } = session
    expect(answer.body).toEqual({
      sessionId,
      userId,
      practiceId,
      role: 'practitioner',
      practitionerId: practice.practitioners[0]?.practitionerId,
      aal: 'aal2',
      amr: ['pwd', 'otp'],
      next: 'none',
      idleExpiresAt,
      absoluteExpiresAt,
      warnAt: new Date(Date.parse(idleExpiresAt) - 120_000).toJSON(),
      csrf: csrfToken(client.token),
    })
    expect(answer.headers).toMatchObject({
      'x-session-idle-expires': idleExpiresAt,
      'x-session-absolute-expires': absoluteExpiresAt,
      'x-session-warn-at': answer.body.warnAt,
    })
  })

  it('200 tells a half-done sign-in what it still owes', async () => {
    const client = await practice.as('admin', 'pending')
    const { status, body } = await client.call('sessions.current')
    expect([status, body.aal, body.next]).toEqual([200, 'pending', 'mfa-setup'])
  })

  it("200 shows a patient's own record's id", async () => {
    const { body } = await (await practice.as('patient')).call('sessions.current')
    expect(body.patientId).toBe(practice.users.patient.patientId)
  })

  it('200 keeps the token, its hash and the epoch to itself', async () => {
    const { session, ...client } = await sessionOf(practice.users.biller)
    const { body } = await client.call('sessions.current')
    for (const secret of [client.token, session.tokenHash]) expect(JSON.stringify(body)).not.toContain(secret)
    expect(body).not.toHaveProperty('epoch')
  })

  it('200 is audited', async () => {
    const { session, ...client } = await sessionOf(practice.users.auditor)
    const answer = await client.call('sessions.current')
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'sessions.current',
        verb: 'R',
        outcome: 'success',
        actor: {
          type: 'user',
          id: client.user.userId,
          role: 'auditor',
          sessionId: session.sessionId,
          aal: 'aal2',
          amr: ['pwd', 'otp'],
        },
        entity: { type: 'Session', id: session.sessionId },
      }),
    ])
  })

  it('400 with a parameter that it does not know', async () => {
    const { status, body } = await (await practice.as('admin')).call('sessions.current', { query: { full: 'yes' } })
    expect([status, body.errors]).toEqual([400, [{ path: 'query', message: 'takes no parameters' }]])
  })
})
