import { describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { changeUser, enrol, owing, sessionOf, textedCode, withPhone } from '../../harness/identity.ts'
import { type Client, itemsLike, newPractice } from '../../harness/index.ts'

describe('POST /mfa/sms/send', () => {
  const send = (client: Client) => client.call('mfa.sms-send')
  const soon = () => Date.now() + 120_000

  it('200 sends a code to the enabled phone, of which only the end is told', async () => {
    const own = await newPractice()
    const { user, phone } = await withPhone(own)
    await at(soon(), async () => {
      const answer = await send(await owing(user))
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ phoneEnding: phone.slice(-2) })
      expect(JSON.stringify(answer.body)).not.toContain(phone)
      expect(await own.recordsOf(answer)).toEqual([
        expect.objectContaining({ name: 'mfa.sms-send', verb: 'E', changed: ['challenge'] }),
      ])
    })
    const texts = (await itemsLike(`NOTICE#${user.practiceId}#`)).filter(({ kind }) => kind === 'sms-code')
    expect(texts.map(({ to }) => to)).toEqual([{ phone }, { phone }])
  })

  it('401 for the code before: another voids it', async () => {
    const own = await newPractice()
    const { user } = await withPhone(own)
    const start = soon()
    await at(start, async () => {
      const pending = await owing(user)
      await send(pending)
      const first = await textedCode(user)
      await at(start + 60_000, async () => {
        expect((await send(pending)).status).toBe(200)
        expect((await pending.call('mfa.sms-verify', { body: { code: first } })).status).toBe(401)
        const second = await textedCode(user)
        expect((await pending.call('mfa.sms-verify', { body: { code: second } })).status).toBe(200)
      })
    })
  })

  it('429 within a minute and after ten a day, saying when it may', async () => {
    const own = await newPractice()
    const { user } = await withPhone(own)
    const noon = `${plus(new Date().toJSON(), 86_400_000).slice(0, 10)}T12:00:00.000Z`
    const ask = (seconds: number) => at(plus(noon, seconds * 1000), async () => send(await owing(user)))
    expect((await ask(0)).status).toBe(200)
    const early = await ask(59)
    expect([early.status, early.body.code, early.headers['retry-after']]).toEqual([429, 'too-many-texts', '1'])
    for (let minute = 1; minute < 10; minute++) expect((await ask(minute * 60)).status).toBe(200)
    const refused = await ask(600)
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, String(43_200 - 600)])
  })

  it('200 once, of twenty at once', async () => {
    const own = await newPractice()
    const { user } = await withPhone(own)
    await at(soon(), async () => {
      const callers = await Promise.all(Array.from({ length: 20 }, () => owing(user)))
      const answers = await Promise.all(callers.map(send))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    })
  })

  it('409 when nothing is owed: a text message steps nobody up', async () => {
    const own = await newPractice()
    const { client, user } = await withPhone(own)
    const trusted = await sessionOf(user, { aal: 'aal1+device', amr: ['pwd'], verifiedAt: undefined })
    for (const caller of [client, trusted]) expect((await send(caller)).body.code).toBe('mfa-not-owed')
  })

  it('409 without a phone, and for the workforce even with one', async () => {
    const own = await newPractice()
    await enrol(await own.as('patient', 'aal1'))
    expect((await send(await owing(own.users.patient))).body.code).toBe('mfa-not-set-up')
    const another = await newPractice()
    const { user } = await withPhone(another)
    await changeUser(user, { role: 'biller' })
    expect((await send(await owing({ ...user, role: 'biller' }))).body.code).toBe('mfa-not-set-up')
  })
})
