import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../../shared/schema/identity.ts'
import { at } from '../../harness/clock.ts'
import { clientOf, codeOf, enrol, noticesOf, owing, sessionOf, wrongCode } from '../../harness/identity.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'

describe('POST /mfa/enable', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const partition = ({ practiceId, userId }: User) => itemsAt(`FACTOR#${practiceId}#${userId}`)
  const stored = async ({ practiceId, userId }: User) => (await itemsAt(`USER#${practiceId}#${userId}`))[0]

  it('200 enables the authenticator, renews the session and gives out ten backup codes', async () => {
    const pending = await practice.as('admin', 'pending')
    const { body: enrolment } = await pending.call('mfa.setup')
    const answer = await pending.call('mfa.enable', { body: { code: codeOf(enrolment.secret) } })
    expect(answer.status).toBe(200)
    expect(answer.body.session).toMatchObject({ aal: 'aal2', amr: ['pwd', 'otp'], next: 'none', role: 'admin' })
    expect(answer.body.backupCodes).toHaveLength(10)
    expect(new Set(answer.body.backupCodes).size).toBe(10)
    for (const code of answer.body.backupCodes)
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/)

    const client = clientOf(pending.user, answer)
    expect(client.token).not.toBe(pending.token)
    expect((await client.call('patients.list')).status).toBe(200)
    expect((await pending.call('sessions.current')).status).toBe(401)
    expect(await stored(pending.user)).toMatchObject({ factors: ['totp'], version: pending.user.version + 1 })
  })

  it('200 keeps backup codes as hashes alone', async () => {
    const pending = await practice.as('biller', 'pending')
    const { backupCodes } = await enrol(pending)
    const items = await partition(pending.user)
    const plain = backupCodes.map(code => code.replaceAll('-', ''))
    const hashes = plain.map(code => `CODE#${createHash('sha256').update(code).digest('base64url')}`)
    expect(items.map(({ sk }) => String(sk)).sort()).toEqual([...hashes, 'TOTP'].sort())
    for (const code of [...backupCodes, ...plain]) expect(JSON.stringify(items)).not.toContain(code)
    expect(items.find(({ sk }) => sk === 'TOTP')).toMatchObject({ failures: 0 })
  })

  it('200 audits the change without a code', async () => {
    const pending = await practice.as('supervisor', 'pending')
    const { body: enrolment } = await pending.call('mfa.setup')
    const code = codeOf(enrolment.secret)
    const answer = await pending.call('mfa.enable', { body: { code } })
    const records = await practice.recordsOf(answer)
    expect(records).toEqual([
      expect.objectContaining({
        name: 'mfa.enable',
        verb: 'U',
        outcome: 'success',
        actor: expect.objectContaining({ id: pending.user.userId }),
        entity: { type: 'Factor', id: pending.user.userId },
        changed: expect.arrayContaining(['status', 'factors']),
      }),
    ])
    for (const word of [...answer.body.backupCodes, enrolment.secret, code]) {
      expect(JSON.stringify({ ...records[0], elapsed: 0, requestId: '' })).not.toContain(`"${word}"`)
    }
  })

  it('200 gives the session eight hours of its own: the ten minutes were for the code', async () => {
    const own = await newPractice()
    const moment = '2029-05-01T10:00:10.000Z'
    await at(moment, async () => {
      const pending = await own.as('admin', 'pending')
      const { body: enrolment } = await pending.call('mfa.setup')
      const { body } = await pending.call('mfa.enable', { body: { code: codeOf(enrolment.secret) } })
      expect(body.session).toMatchObject({
        idleExpiresAt: '2029-05-01T10:15:10.000Z',
        absoluteExpiresAt: '2029-05-01T18:00:10.000Z',
      })
    })
  })

  it('200 ends every other session of the user, and tells them', async () => {
    const own = await newPractice()
    const other = await sessionOf(own.users.patient, { aal: 'aal1', amr: ['pwd'] })
    const { client } = await enrol(await own.as('patient', 'aal1'))
    expect((await other.call('sessions.current')).status).toBe(401)
    expect((await client.call('sessions.current')).status).toBe(200)
    expect(await noticesOf(own)).toEqual(['factor-added'])
  })

  it('200 voids the backup codes of the authenticator that it replaces', async () => {
    const own = await newPractice()
    const { client, backupCodes } = await enrol(await own.as('admin', 'pending'))
    const again = await enrol(client)
    expect(await partition(own.users.admin)).toHaveLength(11)
    const show = async (code = '') =>
      (await (await owing(own.users.admin)).call('mfa.verify', { body: { code } })).status
    expect(await show(backupCodes[0])).toBe(401)
    expect(await show(again.backupCodes[0])).toBe(200)
  })

  it('401 for a wrong code, and enables nothing', async () => {
    const pending = await practice.as('front-desk', 'pending')
    const { body: enrolment } = await pending.call('mfa.setup')
    const answer = await pending.call('mfa.enable', { body: { code: wrongCode(enrolment.secret) } })
    expect([answer.status, answer.body.code, answer.cookies]).toEqual([401, 'code-refused', []])
    expect(await partition(pending.user)).toEqual([expect.objectContaining({ sk: 'ENROLMENT', failures: 1 })])
    expect(await stored(pending.user)).toMatchObject({ factors: [] })
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        outcome: 'denied',
        reason: 'code-refused',
        entity: { type: 'Factor', id: pending.user.userId },
      }),
    ])
  })

  it('401 for the code of a secret that another has replaced', async () => {
    const pending = await practice.as('auditor', 'pending')
    const { body: first } = await pending.call('mfa.setup')
    await pending.call('mfa.setup')
    expect((await pending.call('mfa.enable', { body: { code: codeOf(first.secret) } })).status).toBe(401)
  })

  it('409 when nothing was set up', async () => {
    const own = await newPractice()
    const pending = await own.as('admin', 'pending')
    const { status, body } = await pending.call('mfa.enable', { body: { code: '123456' } })
    expect([status, body.code]).toEqual([409, 'mfa-not-set-up'])
  })

  it('409 when it is enabled already, and leaves the backup codes', async () => {
    const own = await newPractice()
    const { client, secret } = await enrol(await own.as('admin', 'pending'))
    const before = await partition(client.user)
    for (const caller of [client, await owing(client.user)]) {
      const { status, body } = await caller.call('mfa.enable', { body: { code: codeOf(secret) } })
      expect([status, body.code]).toEqual([409, 'mfa-not-set-up'])
    }
    expect(await partition(client.user)).toEqual(before)
  })

  it('429 after five codes in one sign-in, even with the right one', async () => {
    const own = await newPractice()
    const pending = await own.as('admin', 'pending')
    const { body: enrolment } = await pending.call('mfa.setup')
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await pending.call('mfa.enable', { body: { code: wrongCode(enrolment.secret) } })).status).toBe(401)
    }
    const { status, body } = await pending.call('mfa.enable', { body: { code: codeOf(enrolment.secret) } })
    expect([status, body.code]).toEqual([429, 'too-many-attempts'])
  })

  it('200 once, of twenty that enable at once', async () => {
    const own = await newPractice()
    const { body: enrolment } = await (await own.as('patient', 'aal1')).call('mfa.setup')
    const code = codeOf(enrolment.secret)
    const callers = await Promise.all(
      Array.from({ length: 20 }, () => sessionOf(own.users.patient, { aal: 'aal1', amr: ['pwd'] })),
    )
    const answers = await Promise.all(callers.map(caller => caller.call('mfa.enable', { body: { code } })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.every(({ status }) => [200, 401, 409].includes(status))).toBe(true)
    expect(await partition(own.users.patient)).toHaveLength(11)
  })

  it.each(['12345', '1234567', '12345a', '١٢٣٤٥٦', ' 123456', '', 123456, null])(
    '400 for the code %j, without repeating it',
    async code => {
      const pending = await practice.as('practitioner', 'pending')
      const { status, body } = await pending.call('mfa.enable', { body: { code } })
      expect(status).toBe(400)
      expect(body.errors[0].path).toBe('body.code')
      if (String(code).length > 4) expect(JSON.stringify(body.errors)).not.toContain(String(code))
    },
  )
})
