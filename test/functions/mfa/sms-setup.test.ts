import { describe, expect, it } from 'vitest'
import type { User } from '../../../shared/schema/identity.ts'
import { at, plus } from '../../harness/clock.ts'
import { enrol, freshPhone, noticesOf, sessionOf, textedCode, withPhone } from '../../harness/identity.ts'
import { type Client, itemsAt, itemsLike, newPractice, plant } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'

describe('POST /mfa/sms/setup', () => {
  const smsOf = async ({ practiceId, userId }: User) =>
    (await itemsAt(`FACTOR#${practiceId}#${userId}`)).find(({ sk }) => sk === 'SMS')
  const setUp = (client: Client, phone: string) => client.call('mfa.sms-setup', { body: { phone } })
  const enrolled = async () => {
    const own = await newPractice()
    const { client } = await enrol(await own.as('patient', 'aal1'))
    return { own, client, user: own.users.patient }
  }

  it('200 sends a code and says what it risks; nothing counts yet', async () => {
    const { own, client, user } = await enrolled()
    const phone = freshPhone()
    const answer = await setUp(client, phone)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      phoneEnding: phone.slice(-2),
      expiresAt: expect.any(String),
      nextAt: expect.any(String),
      risk: expect.stringContaining('weaker'),
    })
    expect(Date.parse(answer.body.expiresAt) - Date.now()).toBeLessThanOrEqual(600_000)
    expect(await smsOf(user)).toMatchObject({ status: 'pending', phone, failures: 0 })
    expect((await client.call('mfa.status')).body.factors).toEqual(['totp'])
    expect((await noticesOf(own)).at(-1)).toBe('sms-code')
    const [notice] = (await itemsLike(`NOTICE#${user.practiceId}#`)).filter(({ kind }) => kind === 'sms-code')
    expect(notice).toMatchObject({ to: { phone }, userId: user.userId, ticketId: expect.stringMatching(/^tkt_/) })
    expect(await textedCode(user)).toMatch(/^\d{8}$/)
  })

  it('200 leaves the number in no key, no log and no audit record, and the code nowhere at all', async () => {
    const { own, client, user } = await enrolled()
    const phone = freshPhone()
    const output = await outputOf(() => setUp(client, phone))
    const code = await textedCode(user)
    const items = await itemsLike('')
    const keys = items.map(({ pk, sk, gsi1pk, gsi2pk, gsi3pk }) => [pk, sk, gsi1pk, gsi2pk, gsi3pk].join(' '))
    expect(keys.filter(key => key.includes(phone))).toEqual([])
    expect(output + JSON.stringify(await own.trail())).not.toContain(phone)
    expect(JSON.stringify(items) + output).not.toContain(`"${code}"`)
  })

  it('404 for the workforce', async () => {
    const own = await newPractice()
    const { client } = await enrol(await own.as('admin', 'pending'))
    expect((await setUp(client, freshPhone())).status).toBe(404)
  })

  it('409 without an app or a passkey', async () => {
    const own = await newPractice()
    const { status, body } = await setUp(await own.as('patient', 'aal1'), freshPhone())
    expect([status, body.code]).toEqual([409, 'stronger-factor-needed'])
  })

  it('409 when a phone is enabled already', async () => {
    const own = await newPractice()
    const { client } = await withPhone(own)
    expect((await setUp(client, freshPhone())).body.code).toBe('mfa-already-enabled')
  })

  it('403 after a sign-in by text message', async () => {
    const own = await newPractice()
    const { user } = await withPhone(own)
    const client = await sessionOf(user, { amr: ['pwd', 'sms'], verifiedAt: undefined })
    expect((await setUp(client, freshPhone())).body.code).toBe('step-up-required')
  })

  it('429 for another within a minute, saying when it may', async () => {
    const { client, user } = await enrolled()
    const start = Date.now()
    expect((await at(start, () => setUp(client, freshPhone()))).status).toBe(200)
    const early = await at(start + 20_000, () => setUp(client, freshPhone()))
    expect([early.status, early.body.code, early.headers['retry-after']]).toEqual([429, 'too-many-texts', '40'])
    expect((await at(start + 60_000, () => setUp(client, freshPhone()))).status).toBe(200)
    expect(await smsOf(user)).toMatchObject({ sentAt: new Date(start + 60_000).toJSON() })
  })

  it('200 once, of twenty at once', async () => {
    const { own, client } = await enrolled()
    const phone = freshPhone()
    const answers = await Promise.all(Array.from({ length: 20 }, () => setUp(client, phone)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.every(({ status }) => [200, 409, 429].includes(status))).toBe(true)
    expect((await noticesOf(own)).filter(kind => kind === 'sms-code')).toHaveLength(1)
  })

  it('429 after ten texts of one user in a day, to whatever number, until the next day', async () => {
    const { user } = await enrolled()
    const tomorrow = `${plus(new Date().toJSON(), 86_400_000).slice(0, 10)}T12:00:00.000Z`
    const ask = (minute: number) =>
      at(plus(tomorrow, minute * 60_000), async () => setUp(await sessionOf(user), freshPhone()))
    for (let minute = 0; minute < 10; minute++) expect((await ask(minute)).status).toBe(200)
    const refused = await ask(11)
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, String(43_200 - 11 * 60)])
    expect((await ask(720)).status).toBe(200)
  })

  it('429 after ten texts to one number in a day, whoever asks', async () => {
    const phone = freshPhone()
    for (let asker = 0; asker < 10; asker++) {
      const { client } = await enrolled()
      expect((await setUp(client, phone)).status).toBe(200)
    }
    const { client } = await enrolled()
    expect((await setUp(client, phone)).body.code).toBe('too-many-texts')
    expect((await setUp(client, freshPhone())).status).toBe(200)
  })

  it('429 after five hundred texts of one practice in a day', async () => {
    const { client, own } = await enrolled()
    const start = Math.floor(Date.now() / 86_400_000) * 86_400
    await plant({ pk: `TEXTS#practice#${own.practice.practiceId}`, sk: String(start), count: 500, ttl: start + 90_000 })
    expect((await setUp(client, freshPhone())).body.code).toBe('too-many-texts')
  })

  it.each(['5035550142x', '+15035550142', '1035550142', ''])(
    '400 for the number %j, without repeating it',
    async phone => {
      const { client } = await enrolled()
      const { status, body } = await setUp(client, phone)
      expect([status, body.errors[0].path]).toEqual([400, 'body.phone'])
      if (phone) expect(JSON.stringify(body)).not.toContain(phone)
    },
  )
})
