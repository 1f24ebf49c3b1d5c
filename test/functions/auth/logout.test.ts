import { beforeAll, describe, expect, it } from 'vitest'
import { clientOf } from '../../harness/identity.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'

describe('POST /auth/logout', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('204 ends the session at once and clears what the browser holds', async () => {
    const client = await practice.as('biller')
    const answer = await client.call('auth.logout')
    expect([answer.status, answer.body]).toEqual([204, ''])
    expect(answer.cookies).toEqual(['__Host-sid=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0'])
    expect(answer.headers['clear-site-data']).toBe('"cache", "storage"')
    expect(answer.headers).not.toHaveProperty('x-session-idle-expires')
    const after = await client.call('patients.list')
    expect([after.status, after.body.code]).toEqual([401, 'session-expired'])
  })

  it('204 audits whose session ended', async () => {
    const client = await practice.as('patient')
    const { body: session } = await client.call('sessions.current')
    const answer = await client.call('auth.logout')
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'auth.logout',
        outcome: 'success',
        actor: expect.objectContaining({ type: 'user', id: client.user.userId, role: 'patient' }),
        entity: { type: 'Session', id: session.sessionId },
      }),
    ])
  })

  it('204 for a sign-in that still owes its second factor', async () => {
    const client = await practice.as('admin', 'pending')
    expect((await client.call('auth.logout')).status).toBe(204)
    expect((await client.call('sessions.current')).status).toBe(401)
  })

  it('204 leaves other sessions of the user alone', async () => {
    const [here, there] = [await practice.as('admin'), await practice.as('admin')]
    await here.call('auth.logout')
    expect((await there.call('patients.list')).status).toBe(200)
  })

  it('204 once: of several that sign out at once, the others find the session ended or changed', async () => {
    const client = await practice.as('supervisor')
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.call('auth.logout')))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter(status => status === 204)).toHaveLength(1)
    expect(statuses.every(status => [204, 401, 409].includes(status))).toBe(true)
  })

  it('204 with a token that was just replaced ends what replaced it too', async () => {
    const client = await practice.as('supervisor')
    const renewed = clientOf(client.user, await client.call('sessions.refresh'))
    expect((await renewed.call('patients.list')).status).toBe(200)
    expect((await client.call('auth.logout')).status).toBe(204)
    expect((await renewed.call('patients.list')).status).toBe(401)
    expect((await client.call('patients.list')).status).toBe(401)
  })

  it('401 without a session', async () => {
    const client = await practice.as('auditor')
    await client.call('auth.logout')
    expect((await client.call('auth.logout')).status).toBe(401)
  })

  it('403 for a request from another page: nobody is signed out by a picture', async () => {
    const client = await practice.as('auditor')
    const forged = await client.call('auth.logout', { headers: { 'sec-fetch-site': 'cross-site' } })
    expect([forged.status, forged.body.code]).toEqual([403, 'csrf-refused'])
    expect((await client.call('audit.list', { query: { day: '2026-01-01' } })).status).toBe(200)
  })

  it('400 with a body', async () => {
    const client = await practice.as('auditor')
    const answer = await client.call('auth.logout', { body: { everywhere: true } })
    expect([answer.status, answer.body.errors]).toEqual([400, [{ path: 'body', message: 'must be empty' }]])
  })
})
