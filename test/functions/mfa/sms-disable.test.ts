import { describe, expect, it } from 'vitest'
import { clientOf, enrol, freshPhone, noticesOf, owing, sessionOf, withPhone } from '../../harness/identity.ts'
import { itemsAt, newPractice } from '../../harness/index.ts'

describe('POST /mfa/sms/disable', () => {
  it('200 removes the phone and leaves the app, ends other sessions and tells the user', async () => {
    const own = await newPractice()
    const { client, user } = await withPhone(own)
    const other = await sessionOf(user)
    const answer = await client.call('mfa.sms-disable')
    expect(answer.status).toBe(200)
    expect((await other.call('sessions.current')).status).toBe(401)
    expect((await clientOf(user, answer).call('mfa.status')).body.factors).toEqual(['totp'])
    const items = await itemsAt(`FACTOR#${user.practiceId}#${user.userId}`)
    expect(items.filter(({ sk }) => sk === 'SMS')).toEqual([])
    expect((await noticesOf(own)).at(-1)).toBe('factor-removed')
    expect((await (await owing(user)).call('mfa.sms-send')).body.code).toBe('mfa-not-set-up')
  })

  it('409 when there is none, or one that was never enabled', async () => {
    const own = await newPractice()
    const { client } = await enrol(await own.as('patient', 'aal1'))
    expect((await client.call('mfa.sms-disable')).body.code).toBe('mfa-not-set-up')
    await client.call('mfa.sms-setup', { body: { phone: freshPhone() } })
    expect((await client.call('mfa.sms-disable')).body.code).toBe('mfa-not-set-up')
  })
})
