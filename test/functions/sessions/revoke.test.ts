import { beforeAll, describe, expect, it } from 'vitest'
import { clientOf, sessionOf } from '../../harness/identity.ts'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'

describe('DELETE /sessions/{sessionId}', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const revoke = (client: Client, sessionId: string) => client.call('sessions.revoke', { params: { sessionId } })

  it('204 ends another session of the caller at its next request, and no other', async () => {
    const { admin } = practice.users
    const [here, there, third] = [await sessionOf(admin), await sessionOf(admin), await sessionOf(admin)]
    const answer = await revoke(here, there.session.sessionId)
    expect([answer.status, answer.cookies]).toEqual([204, []])
    expect((await there.call('patients.list')).body.code).toBe('session-expired')
    for (const client of [here, third]) expect((await client.call('patients.list')).status).toBe(200)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'sessions.revoke',
        verb: 'D',
        actor: expect.objectContaining({ id: admin.userId, sessionId: here.session.sessionId }),
        entity: { type: 'Session', id: there.session.sessionId },
      }),
    ])
  })

  it('204 ends its replaced token too, which would have gone on for half a minute', async () => {
    const here = await practice.as('biller')
    const there = await sessionOf(practice.users.biller)
    const renewed = clientOf(there.user, await there.call('sessions.refresh'))
    expect((await revoke(here, there.session.sessionId)).status).toBe(204)
    for (const client of [there, renewed]) expect((await client.call('sessions.current')).status).toBe(401)
  })

  it('204 ends a half-done sign-in: somebody knows the password', async () => {
    const here = await practice.as('admin')
    const half = await sessionOf(practice.users.admin, { aal: 'pending', next: 'mfa-verify' })
    expect((await revoke(here, half.session.sessionId)).status).toBe(204)
    expect((await half.call('sessions.current')).status).toBe(401)
  })

  it('204 of the session itself signs out', async () => {
    const here = await sessionOf(practice.users.patient)
    const answer = await revoke(here, here.session.sessionId)
    expect(answer.status).toBe(204)
    expect(answer.cookies).toEqual(['__Host-sid=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0'])
    expect(answer.headers).not.toHaveProperty('x-session-idle-expires')
    expect((await here.call('sessions.current')).status).toBe(401)
  })

  it('204 or 409, and never a session that goes on, while it is being renewed', async () => {
    const here = await practice.as('supervisor')
    for (let round = 0; round < 5; round++) {
      const there = await sessionOf(practice.users.supervisor)
      const { sessionId } = there.session
      const [renewed, ended] = await Promise.all([there.call('sessions.refresh'), revoke(here, sessionId)])
      expect([204, 409]).toContain(ended.status)
      if (ended.status === 409) expect((await revoke(here, sessionId)).status).toBe(204)
      const after = renewed.status === 200 ? clientOf(there.user, renewed) : there
      for (const client of [there, after]) expect((await client.call('sessions.current')).status).toBe(401)
    }
  })

  it('404 for a session of somebody else, of nobody, and one that was ended before', async () => {
    const here = await practice.as('biller')
    const other = await newPractice()
    const foreign = [await sessionOf(practice.users.admin), await sessionOf(other.users.biller)]
    const own = await sessionOf(practice.users.biller)
    await revoke(here, own.session.sessionId)
    for (const { session } of [...foreign, own]) {
      const { status, body } = await revoke(here, session.sessionId)
      expect([status, body.code]).toEqual([404, 'session-not-found'])
    }
    expect((await revoke(here, 'ses_00000000000000000000')).status).toBe(404)
    for (const client of foreign) expect((await client.call('sessions.current')).status).toBe(200)
  })
})
