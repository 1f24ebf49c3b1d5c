import { beforeAll, describe, expect, it } from 'vitest'
import { changeUser } from '../../harness/identity.ts'
import { itemsLike, newPractice, recordsOf, type TestPractice } from '../../harness/index.ts'
import { noticesOf } from '../../harness/letters.ts'
import { outputOf } from '../../harness/output.ts'
import { compared, provenApart } from '../../harness/timing.ts'
import { ask } from '../accounts/fixture.ts'

describe('POST /passwords/forgot', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const forgot = (email: string, slug = practice.practice.slug) => ask('passwords.forgot', { practice: slug, email })
  const told = () => noticesOf(practice.practice.practiceId)

  it('204 sends a link to whoever has an account', async () => {
    const { email, userId } = practice.users.biller
    const answer = await forgot(email.toUpperCase())
    expect(answer.status).toBe(204)
    expect(await told()).toMatchObject([{ kind: 'password-reset', userId, to: { email } }])
    expect(await practice.recordsOf(answer)).toMatchObject([{ actor: { type: 'anonymous', id: userId } }])
  })

  it('204 says the same, and writes as much, for an unknown e-mail, an unknown practice and a disabled user', async () => {
    await changeUser(practice.users.auditor, { status: 'disabled' })
    const before = (await told()).length
    const right = await forgot(practice.users.admin.email)
    const nobodys = [
      await forgot('nobody@nowhere.example'),
      await forgot(practice.users.admin.email, 'no-such-practice'),
      await forgot(practice.users.auditor.email),
    ]
    const shown = ({ status, headers: { 'x-request-id': _, ...headers }, body, cookies }: typeof right) => ({
      status,
      headers,
      body,
      cookies,
    })
    for (const answer of nobodys) expect(shown(answer)).toEqual(shown(right))
    expect(await told()).toHaveLength(before + 1)
    const [known] = await practice.recordsOf(right)
    const [unknown] = await recordsOf('platform', nobodys[0] ?? right)
    expect(unknown).toMatchObject({ outcome: 'success', changed: known?.changed })
  })

  it('204 takes as long for an unknown e-mail as for a known one', async () => {
    const own = await newPractice()
    const timeOf = async (email: string) => {
      const start = performance.now()
      await forgot(email, own.practice.slug)
      return performance.now() - start
    }
    const times = { known: [] as number[], unknown: [] as number[] }
    for (let round = 0; round < 40; round++) {
      // An account takes ten letters an hour, and an account of its own is asked each time.
      const { email } = Object.values(own.users)[round % Object.keys(own.users).length] as { email: string }
      times.known.push(await timeOf(email))
      times.unknown.push(await timeOf(`nobody.${round}@nowhere.example`))
    }
    expect(provenApart(times.known, times.unknown), compared(times.known, times.unknown)).toBe(false)
  }, 60_000)

  it('204 keeps nothing of an e-mail that somebody typed, neither in the table nor in a line of the log', async () => {
    const output = await outputOf(() => forgot('canary.of.nobody@nowhere.example'))
    expect(output).toContain('passwords.forgot')
    expect(output + JSON.stringify(await itemsLike(''))).not.toContain('canary.of.nobody')
  })

  it('204 sends at most ten messages to one mailbox in an hour', async () => {
    const { email } = practice.users.supervisor
    const before = (await told()).length
    for (let asked = 0; asked < 13; asked++) expect((await forgot(email)).status).toBe(204)
    expect(await told()).toHaveLength(before + 10)
  })
})
