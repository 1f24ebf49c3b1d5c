import { beforeAll, describe, expect, it } from 'vitest'
import { clientOf, enrol, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { passkeysOf, signIn, stored, told, withPasskey } from './fixture.ts'

describe('DELETE /passkeys/{passkeyId}', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('200 removes one of two, ends every other session, renews this one and tells the user', async () => {
    const own = await newPractice()
    const first = await withPasskey(await own.as('admin'))
    const second = await withPasskey(first.client)
    const elsewhere = clientOf(own.users.admin, await signIn(second.authenticator))
    const params = { passkeyId: first.passkeyId }
    const answer = await second.client.call('passkeys.remove', { params })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ aal: 'aal2', next: 'none' })
    const client = clientOf(own.users.admin, answer)
    expect((await client.call('passkeys.list')).body.items).toMatchObject([{ passkeyId: second.passkeyId }])
    for (const old of [elsewhere, second.client]) expect((await old.call('sessions.current')).status).toBe(401)
    expect((await signIn(first.authenticator)).status).toBe(401)
    expect((await signIn(second.authenticator)).status).toBe(200)
    expect(await stored(own.users.admin)).toMatchObject({ factors: ['passkey'], passkeys: 1 })
    const kinds = await told(own.practice.practiceId, own.users.admin)
    expect(kinds.sort()).toEqual(['factor-added', 'factor-added', 'factor-removed'])
    expect(await own.recordsOf(answer)).toEqual([
      expect.objectContaining({ verb: 'D', entity: { type: 'Passkey', id: first.passkeyId }, outcome: 'success' }),
    ])
  })

  it('200 takes the factor away with the last passkey, where there is another factor', async () => {
    const own = await newPractice()
    const { client: enrolled } = await enrol(await own.as('admin', 'pending'))
    const { client, passkeyId } = await withPasskey(enrolled)
    expect((await client.call('passkeys.remove', { params: { passkeyId } })).status).toBe(200)
    expect(await stored(own.users.admin)).toMatchObject({ factors: ['totp'], passkeys: 0 })
  })

  it('200 leaves a patient without a second factor, if they want', async () => {
    const own = await newPractice()
    const { client, passkeyId } = await withPasskey(await own.as('patient', 'aal1'))
    expect((await client.call('passkeys.remove', { params: { passkeyId } })).status).toBe(200)
    expect(await stored(own.users.patient)).toMatchObject({ factors: [], passkeys: 0 })
  })

  it('200 removes with the last one what only stood in for it: backup codes and the phone', async () => {
    const own = await newPractice()
    const { patient } = own.users
    const { client, passkeyId } = await withPasskey(await own.as('patient', 'aal1'))
    const factorsOf = async () => (await itemsAt(`FACTOR#${patient.practiceId}#${patient.userId}`)).map(({ sk }) => sk)
    await plant({ pk: `FACTOR#${patient.practiceId}#${patient.userId}`, sk: 'CODE#of-another-time' })
    expect(await factorsOf()).toContain('CODE#of-another-time')
    expect((await client.call('passkeys.remove', { params: { passkeyId } })).status).toBe(200)
    expect(await factorsOf()).toEqual([])
    expect(await stored(patient)).toMatchObject({ factors: [], passkeys: 0 })
  })

  it('409 for the last second factor of the workforce', async () => {
    const { client, passkeyId, authenticator } = await withPasskey(await practice.as('admin'))
    const { status, body, cookies } = await client.call('passkeys.remove', { params: { passkeyId } })
    expect([status, body.code, cookies]).toEqual([409, 'last-factor', []])
    expect((await signIn(authenticator)).status).toBe(200)
  })

  it('409 for the last one of a patient, where the practice demands one and the days of grace are over', async () => {
    const own = await newPractice()
    const { client, passkeyId } = await withPasskey(await own.as('patient', 'aal1'))
    const [item = {}] = await itemsAt(`PRACTICE#${own.practice.practiceId}`)
    const demand = (graceDays: number) => plant({ ...item, signIn: { patientMfa: 'required', graceDays } })
    await demand(0)
    const refused = await client.call('passkeys.remove', { params: { passkeyId } })
    expect([refused.status, refused.body.code]).toEqual([409, 'last-factor'])
    await demand(14)
    expect((await client.call('passkeys.remove', { params: { passkeyId } })).status).toBe(200)
  })

  it('200 once, of two that remove the last two at once', async () => {
    const own = await newPractice()
    const first = await withPasskey(await own.as('admin'))
    const second = await withPasskey(first.client)
    const user = await stored(own.users.admin)
    const ids = [first.passkeyId, second.passkeyId]
    const clients = await Promise.all(Array.from({ length: 20 }, () => sessionOf(user)))
    const answers = await Promise.all(
      clients.map((client, index) => client.call('passkeys.remove', { params: { passkeyId: ids[index % 2] ?? '' } })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await passkeysOf(own.users.admin)).toHaveLength(1)
    expect(await stored(own.users.admin)).toMatchObject({ factors: ['passkey'], passkeys: 1 })
  })

  it("404 for another user's", async () => {
    const { passkeyId } = await withPasskey(await practice.as('biller'))
    const { status, body } = await (await practice.as('supervisor')).call('passkeys.remove', { params: { passkeyId } })
    expect([status, body.code]).toEqual([404, 'passkey-not-found'])
    expect(await passkeysOf(practice.users.biller)).toHaveLength(1)
  })
})
