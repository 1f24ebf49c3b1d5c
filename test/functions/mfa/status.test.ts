import { describe, expect, it } from 'vitest'
import type { User } from '../../../shared/schema/identity.ts'
import { enrol, owing, sessionOf, withPhone } from '../../harness/identity.ts'
import { itemsAt, newPractice, plant } from '../../harness/index.ts'
import { demandFactors } from '../practices/fixture.ts'

describe('GET /mfa', () => {
  const itemOf = async ({ practiceId, userId }: User, sort: string) =>
    (await itemsAt(`FACTOR#${practiceId}#${userId}`)).find(({ sk }) => sk === sort)

  it('200 for whoever has none', async () => {
    const own = await newPractice()
    const { status, body } = await (await own.as('patient', 'aal1')).call('mfa.status')
    expect([status, body]).toEqual([200, { factors: [], blocked: [], backupCodesLeft: 0, required: false }])
  })

  it('200 says that the workforce must have one, and how many backup codes are left', async () => {
    const own = await newPractice()
    const { client, backupCodes } = await enrol(await own.as('admin', 'pending'))
    expect((await client.call('mfa.status')).body).toEqual({
      factors: ['totp'],
      blocked: [],
      backupCodesLeft: 10,
      required: true,
    })
    await (await owing(own.users.admin)).call('mfa.verify', { body: { code: backupCodes[0] } })
    expect((await client.call('mfa.status')).body.backupCodesLeft).toBe(9)
  })

  it('200 to whoever still owes a factor: they must know which to show, and of the phone only its end', async () => {
    const own = await newPractice()
    const { user, phone } = await withPhone(own)
    const { body } = await (await owing(user)).call('mfa.status')
    expect(body).toMatchObject({ factors: ['totp', 'sms'], phoneEnding: phone.slice(-2) })
    expect(JSON.stringify(body)).not.toContain(phone)
  })

  it('200 says which answers no more', async () => {
    const own = await newPractice()
    const { client, user } = await withPhone(own)
    await plant({ ...(await itemOf(user, 'TOTP')), failures: 100 })
    expect((await client.call('mfa.status')).body.blocked).toEqual(['totp'])
    await plant({ ...(await itemOf(user, 'SMS')), failures: 100 })
    expect((await client.call('mfa.status')).body.blocked).toEqual(['totp', 'sms'])
  })

  it('200 says until when the grace lasts, to patients without a factor alone', async () => {
    const own = await newPractice()
    const { requiredSince } = await demandFactors(own, 10)
    const ends = new Date(Date.parse(requiredSince) + 10 * 86_400_000).toJSON()
    const { body } = await (await own.as('patient', 'aal1')).call('mfa.status')
    expect(body).toMatchObject({ required: true, graceEnds: ends })
    const staff = await (await own.as('admin')).call('mfa.status')
    expect(staff.body.graceEnds).toBeUndefined()
    const { client } = await enrol(await own.as('patient', 'aal1'))
    expect((await client.call('mfa.status')).body.graceEnds).toBeUndefined()
  })

  it('200 is no activity', async () => {
    const own = await newPractice()
    const idleExpiresAt = new Date(Date.now() + 60_000).toJSON()
    const client = await sessionOf(own.users.admin, { idleExpiresAt })
    expect((await client.call('mfa.status')).headers['x-session-idle-expires']).toBe(idleExpiresAt)
  })
})
