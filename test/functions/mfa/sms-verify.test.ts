import { describe, expect, it } from 'vitest'
import type { User } from '../../../shared/schema/identity.ts'
import { at } from '../../harness/clock.ts'
import { changeUser, clientOf, owing, sessionOf, textedCode, withPhone } from '../../harness/identity.ts'
import { type Client, itemsAt, newPractice, plant } from '../../harness/index.ts'

describe('POST /mfa/sms/verify', () => {
  const verify = (client: Client, code: string) => client.call('mfa.sms-verify', { body: { code } })
  const smsOf = async ({ practiceId, userId }: User) =>
    (await itemsAt(`FACTOR#${practiceId}#${userId}`)).find(({ sk }) => sk === 'SMS')
  const other = (code: string, by = 1) => String((Number(code) + by) % 100_000_000).padStart(8, '0')
  /** Does something two minutes later, in a sign-in to whose phone a code was sent. */
  const texted = async (work: (pending: Client, code: string, user: User) => Promise<void>) => {
    const own = await newPractice()
    const { user } = await withPhone(own)
    await at(Date.now() + 120_000, async () => {
      const pending = await owing(user)
      expect((await pending.call('mfa.sms-send')).status).toBe(200)
      await work(pending, await textedCode(user), user)
    })
  }

  it('200 completes the sign-in at aal2, and allows no step-up', () =>
    texted(async (pending, code, user) => {
      const answer = await verify(pending, code)
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ aal: 'aal2', amr: ['pwd', 'sms'], next: 'none' })
      const client = clientOf(user, answer)
      expect((await client.call('sessions.current')).status).toBe(200)
      expect((await pending.call('sessions.current')).status).toBe(401)
      for (const id of ['mfa.disable', 'mfa.sms-disable', 'mfa.regenerate-backup-codes', 'mfa.setup']) {
        expect([id, (await client.call(id)).body.code]).toEqual([id, 'step-up-required'])
      }
    }))

  it('200 once, of twenty at once, and 401 after that', () =>
    texted(async (pending, code, user) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => verify(pending, code)))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(answers.every(({ status }) => [200, 401, 409, 429].includes(status))).toBe(true)
      expect((await verify(await owing(user), code)).status).toBe(401)
    }))

  it('401 in another sign-in of the same user: the code is bound to its own', () =>
    texted(async (pending, code, user) => {
      expect((await verify(await owing(user), code)).status).toBe(401)
      expect((await verify(pending, code)).status).toBe(200)
    }))

  it('401 after ten minutes', () =>
    texted(async (pending, code, user) => {
      // The sign-in has ended by then too, so the challenge is aged under it.
      const item = await smsOf(user)
      await plant({ ...item, challenge: { ...(item?.challenge as object), expiresAt: new Date(Date.now()).toJSON() } })
      expect((await verify(pending, code)).status).toBe(401)
    }))

  it('429 for all but five of twenty guesses at once, even then with the right one', () =>
    texted(async (pending, code) => {
      const guesses = Array.from({ length: 20 }, (_, index) => verify(pending, other(code, index + 1)))
      const statuses = (await Promise.all(guesses)).map(({ status }) => status)
      expect(statuses.filter(status => status === 401)).toHaveLength(5)
      expect(statuses.filter(status => status === 429)).toHaveLength(15)
      expect((await verify(pending, code)).status).toBe(429)
    }))

  it('409 after a hundred wrong codes in a row, even for the right one', () =>
    texted(async (pending, code, user) => {
      await plant({ ...(await smsOf(user)), failures: 99 })
      expect((await verify(pending, other(code))).status).toBe(401)
      const { status, body } = await verify(pending, code)
      expect([status, body.code]).toEqual([409, 'mfa-not-set-up'])
    }))

  it('409 for whoever owes nothing, and for the workforce', () =>
    texted(async (_pending, code, user) => {
      expect((await verify(await sessionOf(user), code)).body.code).toBe('mfa-not-owed')
      await changeUser(user, { role: 'biller' })
      expect((await verify(await owing({ ...user, role: 'biller' }), code)).body.code).toBe('mfa-not-set-up')
    }))

  it('401 for the code that enabled the phone', async () => {
    const own = await newPractice()
    const { user } = await withPhone(own)
    expect((await verify(await owing(user), await textedCode(user))).status).toBe(401)
  })
})
