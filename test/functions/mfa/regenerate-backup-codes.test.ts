import { describe, expect, it } from 'vitest'
import type { User } from '../../../shared/schema/identity.ts'
import { clientOf, enrol, noticesOf, owing, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, unplant } from '../../harness/index.ts'

describe('POST /mfa/backup-codes', () => {
  const codesOf = async ({ practiceId, userId }: User) =>
    (await itemsAt(`FACTOR#${practiceId}#${userId}`)).filter(({ sk }) => String(sk).startsWith('CODE#'))
  const enrolled = async () => {
    const own = await newPractice()
    const { client, backupCodes } = await enrol(await own.as('admin', 'pending'))
    return { own, user: own.users.admin, client, backupCodes }
  }
  const show = async (user: User, code = '') =>
    (await (await owing(user)).call('mfa.verify', { body: { code } })).status

  it('200 gives out ten new codes, voids the old ones and tells the user', async () => {
    const { own, user, client, backupCodes } = await enrolled()
    const answer = await client.call('mfa.regenerate-backup-codes')
    expect(answer.status).toBe(200)
    expect(new Set([...answer.body.backupCodes, ...backupCodes]).size).toBe(20)
    expect(await codesOf(user)).toHaveLength(10)
    expect(await show(user, backupCodes[0])).toBe(401)
    expect(await show(user, answer.body.backupCodes[0])).toBe(200)
    expect((await noticesOf(own)).slice(-2)).toEqual(['backup-codes-renewed', 'backup-code-used'])
    const kept = JSON.stringify([await own.recordsOf(answer), await codesOf(user)])
    for (const code of answer.body.backupCodes) expect(kept).not.toContain(code.replaceAll('-', ''))
  })

  it('200 ends every other session, and renews this one', async () => {
    const { user, client } = await enrolled()
    const other = await sessionOf(user)
    const answer = await client.call('mfa.regenerate-backup-codes')
    for (const dead of [client, other]) expect((await dead.call('sessions.current')).status).toBe(401)
    expect((await clientOf(user, answer).call('sessions.current')).status).toBe(200)
  })

  it('200 once, of twenty sessions at once, also when no old code is left to decide it', async () => {
    const { user } = await enrolled()
    for (const { pk, sk } of await codesOf(user)) await unplant({ pk, sk })
    const callers = await Promise.all(Array.from({ length: 20 }, () => sessionOf(user)))
    const answers = await Promise.all(callers.map(caller => caller.call('mfa.regenerate-backup-codes')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.every(({ status }) => [200, 401, 409].includes(status))).toBe(true)
    expect(await codesOf(user)).toHaveLength(10)
  })

  it('409 when there is no factor that they could stand in for', async () => {
    const own = await newPractice()
    const { status, body } = await (await own.as('patient', 'aal1')).call('mfa.regenerate-backup-codes')
    expect([status, body.code]).toEqual([409, 'mfa-not-set-up'])
  })
})
