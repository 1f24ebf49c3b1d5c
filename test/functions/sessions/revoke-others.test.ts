import { beforeEach, describe, expect, it } from 'vitest'
import { clientOf, deviceOf, sessionOf } from '../../harness/identity.ts'
import { call, newPractice, type TestPractice } from '../../harness/index.ts'
import { toldOf } from '../../harness/letters.ts'

describe('DELETE /sessions/others', () => {
  let practice: TestPractice
  beforeEach(async () => {
    practice = await newPractice()
  })

  it('200 ends all others at their next request, and goes on with another token', async () => {
    const { admin } = practice.users
    const others = await Promise.all(Array.from({ length: 4 }, () => sessionOf(admin)))
    const half = await sessionOf(admin, { aal: 'pending', next: 'mfa-verify' })
    const bystander = await practice.as('biller')
    const here = await sessionOf(admin)
    const answer = await here.call('sessions.revoke-others')
    const { sessionId, absoluteExpiresAt } = here.session
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ sessionId, absoluteExpiresAt, aal: 'aal2' })
    for (const client of [...others, half, here]) expect((await client.call('sessions.current')).status).toBe(401)
    const renewed = clientOf(admin, answer)
    for (const client of [renewed, bystander]) expect((await client.call('sessions.current')).status).toBe(200)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'sessions.revoke-others',
        verb: 'D',
        entity: { type: 'User', id: admin.userId },
        changed: ['sessionEpoch', 'updatedAt'],
      }),
    ])
  })

  it('200 tells the user', async () => {
    const here = await practice.as('patient')
    await here.call('sessions.revoke-others')
    expect(await toldOf(practice)).toEqual([['sessions-ended', here.user.userId]])
  })

  it('200 keeps how freshly a factor was shown: it shows none', async () => {
    const verifiedAt = new Date(Date.now() - 600_000).toJSON()
    const here = await sessionOf(practice.users.admin, { verifiedAt })
    const renewed = clientOf(here.user, await here.call('sessions.revoke-others'))
    expect((await renewed.call('devices.trust')).body.code).toBe('step-up-required')
  })

  it('200 forgets every trusted browser', async () => {
    const here = await practice.as('patient')
    const { cookie } = await deviceOf(here.user)
    const answer = await here.call('sessions.revoke-others', { cookies: [`__Host-sid=${here.token}`, cookie] })
    expect(answer.cookies).toContainEqual(expect.stringMatching(/^__Host-did=; .*Max-Age=0$/))
    const { body } = await clientOf(here.user, answer).call('devices.list')
    expect(body.items).toEqual([])
  })

  it('200 once, of twenty at once: one goes on, and nobody twice', async () => {
    const here = await practice.as('admin')
    const answers = await Promise.all(Array.from({ length: 20 }, () => here.call('sessions.revoke-others')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.every(({ status }) => [200, 401, 409].includes(status))).toBe(true)
    expect(await toldOf(practice)).toHaveLength(1)
  })

  it('409 with a token that was just replaced: its successor would be ended unawares', async () => {
    const here = await practice.as('admin')
    const renewed = clientOf(here.user, await here.call('sessions.refresh'))
    const { status, body } = await call('sessions.revoke-others', { token: here.token })
    expect([status, body.code]).toEqual([409, 'already-refreshed'])
    expect((await renewed.call('sessions.current')).status).toBe(200)
  })
})
