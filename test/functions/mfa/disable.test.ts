import { describe, expect, it } from 'vitest'
import type { User } from '../../../shared/schema/identity.ts'
import { changeUser, clientOf, codeOf, enrol, noticesOf, owing, sessionOf, withPhone } from '../../harness/identity.ts'
import { itemsAt, newPractice } from '../../harness/index.ts'
import { demandFactors } from '../practices/fixture.ts'

describe('POST /mfa/disable', () => {
  const partition = ({ practiceId, userId }: User) => itemsAt(`FACTOR#${practiceId}#${userId}`)
  const stored = async ({ practiceId, userId }: User) => (await itemsAt(`USER#${practiceId}#${userId}`))[0]

  it('200 removes the authenticator of a patient with its backup codes, and tells them', async () => {
    const own = await newPractice()
    const { patient } = own.users
    const { client } = await enrol(await own.as('patient', 'aal1'))
    const answer = await client.call('mfa.disable')
    expect(answer.status).toBe(200)
    expect(await partition(patient)).toEqual([])
    expect(await stored(patient)).toMatchObject({ factors: [], sessionEpoch: 2 })
    expect((await noticesOf(own)).at(-1)).toBe('factor-removed')
    expect(await own.recordsOf(answer)).toEqual([
      expect.objectContaining({ name: 'mfa.disable', verb: 'D', entity: { type: 'Factor', id: patient.userId } }),
    ])
  })

  it('200 ends every other session, and renews this one', async () => {
    const own = await newPractice()
    const { client } = await enrol(await own.as('patient', 'aal1'))
    const other = await sessionOf(own.users.patient)
    const answer = await client.call('mfa.disable')
    for (const dead of [client, other]) expect((await dead.call('sessions.current')).status).toBe(401)
    expect((await clientOf(own.users.patient, answer).call('sessions.current')).status).toBe(200)
  })

  it('200 takes the phone along: a text message stands in for a factor and never alone', async () => {
    const own = await newPractice()
    const { client, user } = await withPhone(own)
    expect((await client.call('mfa.disable')).status).toBe(200)
    expect(await partition(user)).toEqual([])
    expect(await stored(user)).toMatchObject({ factors: [] })
  })

  it('200 for the workforce beside a passkey, and leaves the backup codes', async () => {
    const own = await newPractice()
    const { admin } = own.users
    await enrol(await own.as('admin', 'pending'))
    await changeUser(admin, { factors: ['totp', 'passkey'] })
    const client = await sessionOf(admin)
    expect((await client.call('mfa.disable')).status).toBe(200)
    expect(await stored(admin)).toMatchObject({ factors: ['passkey'] })
    expect(await partition(admin)).toHaveLength(10)
  })

  it('401 for its codes from then on', async () => {
    const own = await newPractice()
    const { client, backupCodes, secret } = await enrol(await own.as('patient', 'aal1'))
    await client.call('mfa.disable')
    const show = async (code = '') => (await owing(own.users.patient)).call('mfa.verify', { body: { code } })
    expect((await show(backupCodes[0])).status).toBe(401)
    expect((await show(codeOf(secret))).status).toBe(409)
  })

  it.each(['practitioner', 'admin'] as const)('409 for the last factor of a %s', async role => {
    const own = await newPractice()
    const { client } = await enrol(await own.as(role, 'pending'))
    const before = await partition(own.users[role])
    const { status, body } = await client.call('mfa.disable')
    expect([status, body.code]).toEqual([409, 'last-factor'])
    expect(await partition(own.users[role])).toEqual(before)
  })

  it('409 for the last factor of a patient of whom the practice demands one', async () => {
    const own = await newPractice()
    await demandFactors(own, 0)
    const { client } = await enrol(await own.as('patient', 'pending'))
    expect((await client.call('mfa.disable')).body.code).toBe('last-factor')
  })

  it('409 when there is none', async () => {
    const own = await newPractice()
    expect((await (await own.as('patient', 'aal1')).call('mfa.disable')).body.code).toBe('mfa-not-set-up')
  })

  it('403 after a sign-in by text message: it must not remove a stronger factor', async () => {
    const own = await newPractice()
    const { user } = await withPhone(own)
    const client = await sessionOf(user, { amr: ['pwd', 'sms'], verifiedAt: undefined })
    const { status, body } = await client.call('mfa.disable')
    expect([status, body.code]).toEqual([403, 'step-up-required'])
  })

  it('200 once, of twenty at once', async () => {
    const own = await newPractice()
    const { client } = await enrol(await own.as('patient', 'aal1'))
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.call('mfa.disable')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.every(({ status }) => [200, 401, 409].includes(status))).toBe(true)
    expect(await partition(own.users.patient)).toEqual([])
  })
})
