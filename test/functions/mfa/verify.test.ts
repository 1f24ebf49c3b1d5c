import { beforeAll, describe, expect, it } from 'vitest'
import { seeds } from '../../../shared/adapters/seeds.ts'
import type { User } from '../../../shared/schema/identity.ts'
import { at, plus } from '../../harness/clock.ts'
import { clientOf, codeOf, enrol, noticesOf, owing, sessionOf, wrongCode } from '../../harness/identity.ts'
import { type Client, itemsAt, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'

describe('POST /mfa/verify', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const verify = (client: Client, code: unknown) => client.call('mfa.verify', { body: { code } })
  const factorOf = async ({ practiceId, userId }: User) =>
    (await itemsAt(`FACTOR#${practiceId}#${userId}`)).find(({ sk }) => sk === 'TOTP')
  /** A practice of which one user has an authenticator. */
  const enrolled = async () => {
    const own = await newPractice()
    const { secret, backupCodes } = await enrol(await own.as('admin', 'pending'))
    return { own, user: own.users.admin, secret, backupCodes }
  }

  it('200 completes the sign-in with the code of the app', async () => {
    const { own, user, secret } = await enrolled()
    const pending = await owing(user)
    expect((await pending.call('patients.list')).body.code).toBe('mfa-required')
    const answer = await verify(pending, codeOf(secret))
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ aal: 'aal2', amr: ['pwd', 'otp'], next: 'none', userId: user.userId })
    expect(answer.body.sessionId).toBe(pending.session.sessionId)
    expect((await clientOf(user, answer).call('patients.list')).status).toBe(200)
    expect(await own.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'mfa.verify',
        verb: 'E',
        outcome: 'success',
        actor: expect.objectContaining({ type: 'user', id: user.userId, role: 'admin' }),
        entity: { type: 'Session', id: pending.session.sessionId },
      }),
    ])
  })

  it('200 gives a token of its own, and the old one is dead', async () => {
    const { user, secret } = await enrolled()
    const pending = await owing(user)
    const answer = await verify(pending, codeOf(secret))
    expect(clientOf(user, answer).token).not.toBe(pending.token)
    const { status, body } = await pending.call('sessions.current')
    expect([status, body.code]).toEqual([401, 'session-expired'])
  })

  it('200 gives eight hours in place of the ten minutes', async () => {
    const { user, secret } = await enrolled()
    const moment = plus(new Date().toJSON(), 60_000)
    const { body } = await at(moment, async () => verify(await owing(user), codeOf(secret)))
    expect(body.absoluteExpiresAt).toBe(plus(moment, 8 * 3_600_000))
    expect(body.idleExpiresAt).toBe(plus(moment, 15 * 60_000))
  })

  it('200 to somebody who is signed in already never adds to their eight hours', async () => {
    const { user, secret } = await enrolled()
    const now = new Date().toJSON()
    const client = await sessionOf(user, { absoluteExpiresAt: plus(now, 600_000), idleExpiresAt: plus(now, 300_000) })
    const { status, body } = await verify(client, codeOf(secret))
    expect([status, body.absoluteExpiresAt]).toEqual([200, plus(now, 600_000)])
    expect(body.idleExpiresAt).toBe(plus(now, 600_000))
  })

  // RFC 6238, appendix B, SHA-1, the last six of its eight digits.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('200 at second %i for %s, as RFC 6238 has it', async (second, code) => {
    const own = await newPractice()
    const { userId, practiceId } = own.users.admin
    const actor = { type: 'system', id: 'test', practiceId } as const
    const now = new Date().toJSON()
    const { seal } = seeds({ actor, practiceId, now, signal: AbortSignal.timeout(10_000) })
    const seed = await seal(userId, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
    const factor = { practiceId, userId, seed, lastStep: -1, failures: 0, createdAt: now, version: 1 }
    await plant({ pk: `FACTOR#${practiceId}#${userId}`, sk: 'TOTP', ...factor })
    await at(second * 1000, async () => {
      // Deadlines past all vectors, so that no cleanup finds a session that is over.
      const deadlines = { idleExpiresAt: '2999-01-01T00:00:00.000Z', absoluteExpiresAt: '2999-01-01T00:00:00.000Z' }
      const half = { aal: 'pending', amr: ['pwd'], next: 'mfa-verify' } as const
      const pending = await sessionOf(own.users.admin, { ...half, amr: [...half.amr], ...deadlines })
      const wrong = code.replace(/.$/, last => String((Number(last) + 1) % 10))
      expect((await verify(pending, wrong)).status).toBe(401)
      expect((await verify(pending, code)).status).toBe(200)
    })
  })

  it('200 for a phone that is behind by half a minute, and 401 for one that is further off', async () => {
    const { user, secret } = await enrolled()
    const start = Math.ceil(Date.now() / 30_000) * 30_000 + 3_600_000
    for (const [ms, steps, status] of [
      [0, -1, 200],
      [30_000 + 29_000, -2, 401],
      [60_000 + 26_000, 1, 200],
      [180_000 + 10_000, 1, 401],
    ] as const) {
      const answer = await at(start + ms, async () => verify(await owing(user), codeOf(secret, steps)))
      expect([ms, answer.status]).toEqual([ms, status])
    }
  })

  it.each(['with', 'without'])('200 for a backup code %s its dashes, in any case', async how => {
    const { user, backupCodes } = await enrolled()
    const [code = ''] = backupCodes
    const answer = await verify(await owing(user), how === 'with' ? code.toLowerCase() : code.replaceAll('-', ''))
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ aal: 'aal2', amr: ['pwd', 'rc'] })
  })

  it('200 for each of the ten backup codes once, and 401 for each after that', async () => {
    const { user, backupCodes } = await enrolled()
    const first: number[] = []
    for (const code of backupCodes) first.push((await verify(await owing(user), code)).status)
    expect(first).toEqual(Array(10).fill(200))
    const tomorrow = plus(new Date().toJSON(), 86_400_000)
    const second: number[] = []
    await at(tomorrow, async () => {
      for (const code of backupCodes) second.push((await verify(await owing(user), code)).status)
    })
    expect(second).toEqual(Array(10).fill(401))
  })

  it("401 for another user's backup code", async () => {
    const { user } = await enrolled()
    const { backupCodes } = await enrolled()
    expect((await verify(await owing(user), backupCodes[0])).status).toBe(401)
  })

  it('401 for a code that was used, and for one of a step before it', async () => {
    const { user, secret } = await enrolled()
    const later = Math.ceil(Date.now() / 30_000) * 30_000 + 600_000
    await at(later + 1_000, async () => {
      const [earlier, present] = [codeOf(secret, -1), codeOf(secret)]
      expect((await verify(await owing(user), present)).status).toBe(200)
      for (const code of [present, earlier]) {
        const { status, body, cookies } = await verify(await owing(user), code)
        expect([status, body.code, cookies]).toEqual([401, 'code-refused', []])
      }
    })
  })

  it('401 for the code that enabled the authenticator', async () => {
    const own = await newPractice()
    const pending = await own.as('admin', 'pending')
    const { body: enrolment } = await pending.call('mfa.setup')
    const code = codeOf(enrolment.secret)
    expect((await pending.call('mfa.enable', { body: { code } })).status).toBe(200)
    expect((await verify(await owing(own.users.admin), code)).status).toBe(401)
  })

  it('401 counts a failure, and a right code forgives them', async () => {
    const { own, user, secret } = await enrolled()
    const pending = await owing(user)
    const refused = await verify(pending, wrongCode(secret))
    await verify(pending, wrongCode(secret))
    expect(await factorOf(user)).toMatchObject({ failures: 2 })
    expect(await own.recordsOf(refused)).toEqual([
      expect.objectContaining({
        outcome: 'denied',
        reason: 'code-refused',
        status: 401,
        actor: expect.objectContaining({ id: user.userId, aal: 'pending' }),
        entity: { type: 'Session', id: pending.session.sessionId },
      }),
    ])
    expect((await verify(pending, codeOf(secret))).status).toBe(200)
    expect(await factorOf(user)).toMatchObject({ failures: 0 })
  })

  it('401 counts failures that a backup code forgives too', async () => {
    const { user, secret, backupCodes } = await enrolled()
    const pending = await owing(user)
    await verify(pending, wrongCode(secret))
    expect((await verify(pending, backupCodes[3])).status).toBe(200)
    expect(await factorOf(user)).toMatchObject({ failures: 0 })
  })

  it('200 once, of twenty sign-ins that show one code of the app at once', async () => {
    const { own, user, secret } = await enrolled()
    await at(plus(new Date().toJSON(), 86_400_000), async () => {
      const callers = await Promise.all(Array.from({ length: 20 }, () => owing(user)))
      const code = codeOf(secret)
      const answers = await Promise.all(callers.map(caller => verify(caller, code)))
      const statuses = answers.map(({ status }) => status)
      expect(statuses.filter(status => status === 200)).toHaveLength(1)
      expect(statuses.every(status => [200, 401, 409].includes(status))).toBe(true)
      expect(answers.filter(({ cookies }) => cookies.length > 0)).toHaveLength(1)
    })
    const opened = await itemsAt(`SESSION#${own.practice.practiceId}#${user.userId}`)
    expect(opened.filter(({ aal }) => aal === 'aal2')).toHaveLength(2)
  })

  it('200 once, of twenty sign-ins that show one backup code at once', async () => {
    const { user, backupCodes } = await enrolled()
    await at(plus(new Date().toJSON(), 86_400_000), async () => {
      const callers = await Promise.all(Array.from({ length: 20 }, () => owing(user)))
      const answers = await Promise.all(callers.map(caller => verify(caller, backupCodes[0])))
      const statuses = answers.map(({ status }) => status)
      expect(statuses.filter(status => status === 200)).toHaveLength(1)
      expect(statuses.every(status => [200, 401, 409].includes(status))).toBe(true)
    })
    const left = await itemsAt(`FACTOR#${user.practiceId}#${user.userId}`)
    expect(left.filter(({ sk }) => String(sk).startsWith('CODE#'))).toHaveLength(9)
  })

  it('429 after five codes in one sign-in, even with the right one', async () => {
    const { user, secret } = await enrolled()
    const pending = await owing(user)
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await verify(pending, wrongCode(secret))).status).toBe(401)
    }
    const refused = await verify(pending, codeOf(secret))
    expect([refused.status, refused.body.code, refused.cookies]).toEqual([429, 'too-many-attempts', []])
    expect((await verify(await owing(user), codeOf(secret))).status).toBe(200)
  })

  it('429 for all but five of twenty guesses at once', async () => {
    const { user, secret } = await enrolled()
    const pending = await owing(user)
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(pending, wrongCode(secret))))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter(status => status === 401)).toHaveLength(5)
    expect(statuses.filter(status => status === 429)).toHaveLength(15)
  })

  it('429 spends nothing else: a hundred refused codes leave the authenticator and the day as they were', async () => {
    const { user, secret } = await enrolled()
    const pending = await owing(user)
    for (let batch = 0; batch < 5; batch++) {
      await Promise.all(Array.from({ length: 22 }, () => verify(pending, wrongCode(secret))))
    }
    expect(await factorOf(user)).toMatchObject({ failures: 5 })
    expect((await verify(await owing(user), codeOf(secret))).status).toBe(200)
  })

  it('429 after twenty codes of one user in a day, over many sign-ins', async () => {
    const { user, secret } = await enrolled()
    const tomorrow = `${plus(new Date().toJSON(), 86_400_000).slice(0, 10)}T12:00:00.000Z`
    await at(tomorrow, async () => {
      for (let signIn = 0; signIn < 4; signIn++) {
        const pending = await owing(user)
        for (let attempt = 0; attempt < 5; attempt++) await verify(pending, wrongCode(secret))
      }
      const { status, body } = await verify(await owing(user), codeOf(secret))
      expect([status, body.code]).toEqual([429, 'too-many-attempts'])
    })
    const { status } = await at(plus(tomorrow, 43_200_000), async () => verify(await owing(user), codeOf(secret)))
    expect(status).toBe(200)
  })

  it('200 takes none of the twenty: who signs in often is not locked out', async () => {
    const { user, secret } = await enrolled()
    const tomorrow = `${plus(new Date().toJSON(), 86_400_000).slice(0, 10)}T00:00:00.000Z`
    for (let signIn = 0; signIn < 25; signIn++) {
      const answer = await at(plus(tomorrow, signIn * 60_000), async () => verify(await owing(user), codeOf(secret)))
      expect(answer.status).toBe(200)
    }
  })

  it('429 after five codes in one sign-in, also over midnight', async () => {
    const { user, secret } = await enrolled()
    const midnight = `${plus(new Date().toJSON(), 86_400_000).slice(0, 10)}T00:00:00.000Z`
    const pending = await at(plus(midnight, -60_000), () => owing(user))
    const statuses: number[] = []
    for (let attempt = 0; attempt < 8; attempt++) {
      const moment = plus(midnight, attempt < 3 ? -30_000 : 30_000)
      statuses.push((await at(moment, () => verify(pending, wrongCode(secret)))).status)
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
  })

  describe('after a hundred wrong codes in a row', () => {
    const blocked = async () => {
      const { own, user, secret, backupCodes } = await enrolled()
      await plant({ ...(await factorOf(user)), failures: 99 })
      expect((await verify(await owing(user), wrongCode(secret))).status).toBe(401)
      return { own, user, secret, backupCodes }
    }

    it('409 even for a right one: the authenticator answers no more', async () => {
      const { user, secret } = await blocked()
      const { status, body } = await verify(await owing(user), codeOf(secret))
      expect([status, body.code]).toEqual([409, 'mfa-not-set-up'])
      expect(await factorOf(user)).toMatchObject({ failures: 100 })
    })

    it('200 for a backup code lets its user do nothing but bind another, and tells them', async () => {
      const { own, user, secret, backupCodes } = await blocked()
      const answer = await verify(await owing(user), backupCodes[0])
      expect(answer.body).toMatchObject({ aal: 'pending', amr: ['pwd', 'rc'], next: 'mfa-setup' })
      expect(await factorOf(user)).toMatchObject({ failures: 100 })
      const client = clientOf(user, answer)
      expect((await client.call('patients.list')).body.code).toBe('mfa-required')
      expect((await verify(await owing(user), codeOf(secret))).status).toBe(409)

      const rebound = await enrol(client)
      expect((await rebound.client.call('patients.list')).status).toBe(200)
      expect((await verify(await owing(user), codeOf(rebound.secret))).status).toBe(200)
      expect((await noticesOf(own)).slice(-2)).toEqual(['backup-code-used', 'factor-added'])
    })

    it('403 for whoever has the password alone', async () => {
      const { user } = await blocked()
      const { body } = await (await owing(user)).call('mfa.setup')
      expect(body.code).toBe('mfa-required')
    })
  })

  it('409 when there is no authenticator, or one that was never enabled', async () => {
    const none = await verify(await practice.as('biller', 'pending'), '123456')
    expect([none.status, none.body.code]).toEqual([409, 'mfa-not-set-up'])
    const pending = await practice.as('admin', 'pending')
    const { body: enrolment } = await pending.call('mfa.setup')
    const early = await verify(pending, codeOf(enrolment.secret))
    expect([early.status, early.body.code]).toEqual([409, 'mfa-not-set-up'])
    expect((await pending.call('patients.list')).status).toBe(403)
  })

  it("500 for a seed that was moved from another user's authenticator: it does not open", async () => {
    const { own, user, secret } = await enrolled()
    const moved = { ...(await factorOf(user)), userId: own.users.biller.userId }
    await plant({ ...moved, pk: `FACTOR#${user.practiceId}#${own.users.biller.userId}` })
    const answer = await verify(await owing(own.users.biller), codeOf(secret))
    expect([answer.status, answer.cookies]).toEqual([500, []])
  })

  it.each(['12345', '1234567', 'ILOU5-ILOU5-ILOU5-ILOU5-ILOU5', '', 123456])('400 for the code %j', async code => {
    const { status, body } = await verify(await practice.as('admin', 'pending'), code)
    expect([status, body.errors[0].path]).toEqual([400, 'body.code'])
    expect(JSON.stringify(body)).not.toContain('ILOU')
  })

  it('writes no code into a log line or an audit record', async () => {
    const { own, user, secret, backupCodes } = await enrolled()
    const wrong = wrongCode(secret)
    const output = await outputOf(async () => {
      await verify(await owing(user), `${wrong}`)
      await verify(await owing(user), backupCodes[0])
      await verify(await owing(user), `${backupCodes[0]}X`)
    })
    expect(output).toContain('mfa.verify')
    const kept = output + JSON.stringify(await own.trail())
    for (const word of [secret, ...backupCodes.flatMap(code => [code, code.replaceAll('-', '')])]) {
      expect(kept).not.toContain(word)
    }
    expect(kept).not.toContain(`"${wrong}"`)
  })
})
