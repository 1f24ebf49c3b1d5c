import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { noticesOf, tokenIn, tokenOf } from '../../harness/letters.ts'
import { ask, chosen } from './fixture.ts'

describe('POST /invitations', () => {
  let practice: TestPractice
  let admin: Client
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
  })
  const invite = (body: object) => admin.call('accounts.invite', { body })

  it('202 sends a link to the address, and says until when it works', async () => {
    const now = new Date().toJSON()
    const answer = await at(now, () => invite({ email: 'ada@nowhere.example', role: 'biller' }))
    expect([answer.status, answer.body]).toEqual([202, { expiresAt: plus(now, 7 * 86_400_000) }])
    const told = await noticesOf(practice.practice.practiceId, 'invitation')
    expect(told).toMatchObject([{ to: { email: 'ada@nowhere.example' } }])
    const [record] = await practice.recordsOf(answer)
    expect(record).toMatchObject({ name: 'accounts.invite', outcome: 'success', entity: { type: 'Invitation' } })
    expect(JSON.stringify(record)).not.toContain('ada@')
  })

  it('202 says the same of an address that has an account, and it opens no second one', async () => {
    const { email } = practice.users.biller
    const answer = await invite({ email, role: 'biller' })
    expect([answer.status, Object.keys(answer.body)]).toEqual([202, ['expiresAt']])
    const token = await tokenOf(practice.practice.practiceId, 'invitation')
    const { status, body } = await ask('accounts.register', { token, password: chosen })
    expect([status, body.code]).toEqual([409, 'link-refused'])
  })

  it('202 voids the invitation that the address had', async () => {
    const own = await newPractice()
    const client = await own.as('admin')
    for (const role of ['biller', 'auditor'])
      await client.call('accounts.invite', { body: { email: 'eve@nowhere.example', role } })
    const told = await noticesOf(own.practice.practiceId, 'invitation')
    const tokens = await Promise.all(told.map(tokenIn))
    const answers = []
    for (const token of tokens) answers.push(await ask('accounts.register', { token, password: chosen }))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(answers.find(({ status }) => status === 201)?.body.role).toBe('auditor')
  })

  it('404 for a practitioner that is none', async () => {
    const practitionerId = `prn_${'0'.repeat(20)}`
    const { status, body } = await invite({ email: 'b@nowhere.example', role: 'practitioner', practitionerId })
    expect([status, body.code]).toEqual([404, 'practitioner-not-found'])
  })

  it('400 for the role of a patient, who is invited for a record', async () => {
    expect((await invite({ email: 'c@nowhere.example', role: 'patient' })).status).toBe(400)
  })

  it('429 after ten messages to one mailbox in an hour', async () => {
    const answers = await Promise.all(
      Array.from({ length: 14 }, () => invite({ email: 'often@nowhere.example', role: 'biller' })),
    )
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses.filter(status => status === 429)).toHaveLength(4)
    expect(statuses.filter(status => status === 202 || status === 409)).toHaveLength(10)
  })
})
