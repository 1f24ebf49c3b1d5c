import { beforeEach, describe, expect, it } from 'vitest'
import { deviceOf, sessionOf } from '../../harness/identity.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'
import { toldOf } from '../../harness/letters.ts'

describe('DELETE /users/{userId}/sessions', () => {
  let practice: TestPractice
  beforeEach(async () => {
    practice = await newPractice()
  })

  const revoke = async (userId: string, query = {}) =>
    (await practice.as('admin')).call('sessions.revoke-of-user', { params: { userId }, query })

  it('204 ends all sessions of a user and the trust in their browsers, and tells them', async () => {
    const { biller } = practice.users
    const theirs = await Promise.all(Array.from({ length: 3 }, () => sessionOf(biller)))
    await deviceOf(biller)
    const answer = await revoke(biller.userId)
    expect(answer.status).toBe(204)
    for (const client of theirs) expect((await client.call('sessions.current')).status).toBe(401)
    const again = await practice.as('biller')
    expect((await again.call('devices.list')).body.items).toEqual([])
    expect(await toldOf(practice)).toEqual([['sessions-ended', biller.userId]])
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'sessions.revoke-of-user',
        verb: 'D',
        actor: expect.objectContaining({ id: practice.users.admin.userId }),
        entity: { type: 'User', id: biller.userId },
      }),
    ])
  })

  it('204 ends the one session that is named', async () => {
    const { patient } = practice.users
    const [one, two] = [await sessionOf(patient), await sessionOf(patient)]
    expect((await revoke(patient.userId, { sessionId: one.session.sessionId })).status).toBe(204)
    expect((await one.call('sessions.current')).status).toBe(401)
    expect((await two.call('sessions.current')).status).toBe(200)
    expect(await toldOf(practice)).toEqual([['sessions-ended', patient.userId]])
  })

  it('204 of the administrator’s own signs out', async () => {
    const answer = await revoke(practice.users.admin.userId)
    expect(answer.cookies).toEqual(['__Host-sid=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0'])
    expect(answer.headers).not.toHaveProperty('x-session-idle-expires')
  })

  it('404 for a user of another practice, whose sessions go on', async () => {
    const other = await newPractice()
    const foreign = await sessionOf(other.users.patient)
    const { userId } = foreign.user
    for (const query of [{}, { sessionId: foreign.session.sessionId }]) {
      const { status, body } = await revoke(userId, query)
      expect([status, body.code]).toEqual([404, 'user-not-found'])
    }
    expect((await foreign.call('sessions.current')).status).toBe(200)
    expect(await toldOf(other)).toEqual([])
  })

  it('404 for a session that is not that user’s', async () => {
    const { session } = await sessionOf(practice.users.biller)
    const { status, body } = await revoke(practice.users.patient.userId, { sessionId: session.sessionId })
    expect([status, body.code]).toEqual([404, 'session-not-found'])
    expect(await toldOf(practice)).toEqual([])
  })
})
