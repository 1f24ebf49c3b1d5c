import { beforeEach, describe, expect, it } from 'vitest'
import { deviceOf, login, realHash, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { toldOf } from '../../harness/letters.ts'

describe('DELETE /sessions', () => {
  let practice: TestPractice
  beforeEach(async () => {
    practice = await newPractice()
  })

  it('204 ends every session of the caller, this one too, with one write', async () => {
    const { admin } = practice.users
    const all = await Promise.all(Array.from({ length: 5 }, () => sessionOf(admin)))
    const [here] = all as [(typeof all)[number]]
    const bystander = await practice.as('biller')
    const answer = await here.call('sessions.revoke-all')
    expect([answer.status, answer.body]).toEqual([204, ''])
    expect(answer.headers['clear-site-data']).toBe('"cache", "storage"')
    expect(answer.cookies).toEqual([
      '__Host-sid=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0',
      '__Host-did=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0',
    ])
    for (const client of all) expect((await client.call('sessions.current')).status).toBe(401)
    expect((await bystander.call('sessions.current')).status).toBe(200)
    const { practiceId, userId } = admin
    expect((await itemsAt(`USER#${practiceId}#${userId}`))[0]).toMatchObject({ sessionEpoch: 1, version: 2 })
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ name: 'sessions.revoke-all', verb: 'D', entity: { type: 'User', id: userId } }),
    ])
    expect(await toldOf(practice)).toEqual([['sessions-ended', userId]])
  })

  it('204 ends the trust in every browser, and a new sign-in works', async () => {
    const own = await newPractice({ passwordHash: await realHash() })
    const { patient } = own.users
    await deviceOf(patient)
    await (await own.as('patient')).call('sessions.revoke-all')
    const answer = await login(patient)
    expect(answer.status).toBe(200)
    const again = await own.as('patient')
    expect((await again.call('devices.list')).body.items).toEqual([])
  })

  it('a sign-in at the same moment is refused, or over', async () => {
    const own = await newPractice({ passwordHash: await realHash() })
    const { patient } = own.users
    const here = await own.as('patient')
    const [signedIn, ended] = await Promise.all([login(patient), here.call('sessions.revoke-all')])
    expect([ended.status, [200, 401].includes(signedIn.status)]).toEqual([204, true])
  })
})
