import { describe, expect, it } from 'vitest'
import type { User } from '../../../shared/schema/identity.ts'
import { at } from '../../harness/clock.ts'
import { clientOf, enrol, freshPhone, noticesOf, sessionOf, textedCode, withPhone } from '../../harness/identity.ts'
import { type Client, itemsAt, newPractice, plant } from '../../harness/index.ts'

describe('POST /mfa/sms/enable', () => {
  const setUp = async () => {
    const own = await newPractice()
    const { client } = await enrol(await own.as('patient', 'aal1'))
    expect((await client.call('mfa.sms-setup', { body: { phone: freshPhone() } })).status).toBe(200)
    return { own, client, user: own.users.patient, code: await textedCode(own.users.patient) }
  }
  const enable = (client: Client, code: string) => client.call('mfa.sms-enable', { body: { code, riskAccepted: true } })
  const smsOf = async ({ practiceId, userId }: User) =>
    (await itemsAt(`FACTOR#${practiceId}#${userId}`)).find(({ sk }) => sk === 'SMS')
  const other = (code: string) => String((Number(code) + 1) % 100_000_000).padStart(8, '0')

  it('200 enables the phone, notes that the risk was taken, renews the session and tells the user', async () => {
    const { own, client, user, code } = await setUp()
    const answer = await enable(client, code)
    expect(answer.status).toBe(200)
    expect(await smsOf(user)).toMatchObject({ status: 'active', failures: 0, riskAcceptedAt: expect.any(String) })
    expect(await smsOf(user)).not.toHaveProperty('challenge')
    expect((await client.call('sessions.current')).status).toBe(401)
    const renewed = clientOf(user, answer)
    expect((await renewed.call('mfa.status')).body.factors).toEqual(['totp', 'sms'])
    expect((await noticesOf(own)).at(-1)).toBe('factor-added')
  })

  it('401 for a wrong code, which counts', async () => {
    const { client, user, code } = await setUp()
    expect((await enable(client, other(code))).status).toBe(401)
    expect(await smsOf(user)).toMatchObject({ status: 'pending', failures: 1 })
    expect((await enable(client, code)).status).toBe(200)
  })

  it('401 for a code of another session, and for one of ten minutes ago', async () => {
    const { client, user, code } = await setUp()
    expect((await enable(await sessionOf(user), code)).status).toBe(401)
    // A factor that was shown since keeps the session fresh, and not the code.
    const later = Date.now() + 600_000
    const sessions = await itemsAt(`SESSION#${user.practiceId}#${user.userId}`)
    await Promise.all(sessions.map(item => plant({ ...item, verifiedAt: new Date(later).toJSON() })))
    expect((await at(later, () => enable(client, code))).status).toBe(401)
    expect((await enable(client, code)).status).toBe(200)
  })

  it('429 after five codes', async () => {
    const { client, code } = await setUp()
    for (let attempt = 0; attempt < 5; attempt++) expect((await enable(client, other(code))).status).toBe(401)
    expect((await enable(client, code)).status).toBe(429)
  })

  it('200 once, of twenty at once', async () => {
    const { client, code } = await setUp()
    const answers = await Promise.all(Array.from({ length: 20 }, () => enable(client, code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('409 when the app was removed meanwhile: a text message stands in for something', async () => {
    const { client, user, code } = await setUp()
    const gone = clientOf(user, await client.call('mfa.disable'))
    expect((await enable(gone, code)).body.code).toBe('stronger-factor-needed')
  })

  it('409 when nothing was set up, or it is enabled already', async () => {
    const own = await newPractice()
    const { client } = await enrol(await own.as('patient', 'aal1'))
    expect((await enable(client, '12345678')).body.code).toBe('mfa-not-set-up')
    const another = await newPractice()
    expect((await enable((await withPhone(another)).client, '12345678')).body.code).toBe('mfa-already-enabled')
  })

  it.each([{ code: '12345678' }, { code: '12345678', riskAccepted: false }])(
    '400 for %j: the risk is taken by word',
    async body => {
      const { client } = await setUp()
      const { status, body: problem } = await client.call('mfa.sms-enable', { body })
      expect([status, problem.errors[0].path]).toEqual([400, 'body.riskAccepted'])
    },
  )
})
