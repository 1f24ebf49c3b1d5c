import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { links } from '../../../shared/adapters/links.ts'
import { NoticeKind } from '../../../shared/schema/notices.ts'
import { at, plus } from '../../harness/clock.ts'
import { newPractice, type TestPractice, work } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { found, inserted, tell, waysOut } from './fixture.ts'

const out = waysOut()
afterAll(out.restore)
beforeEach(out.open)

describe('notices.deliver', () => {
  let practice: TestPractice
  let address: string
  beforeAll(async () => {
    practice = await newPractice()
    address = practice.users.biller.email
  })
  const ticketId = `tkt_${'0'.repeat(20)}` as never
  const textOf = (index = 0) => out.mails(address)[index]?.Content?.Simple?.Body?.Text?.Data ?? ''

  it('sends what happened, when, and what to do if it was not you, and notes that it was sent', async () => {
    const createdAt = new Date().toJSON()
    const notice = await tell(practice, { kind: 'role-changed', createdAt })
    expect(await work('notices.deliver', inserted(notice))).toEqual({ batchItemFailures: [] })
    expect(out.mails(address)).toMatchObject([
      {
        FromEmailAddress: 'no-reply@haven.example',
        Content: { Simple: { Subject: { Data: expect.stringMatching(/role/) } } },
      },
    ])
    expect(textOf()).toContain(`${createdAt.slice(0, 10)} ${createdAt.slice(11, 16)} UTC`)
    expect(textOf()).toContain('If it was not you')
    const item = await found(notice)
    expect(item).toMatchObject({ sentAt: expect.any(String), attempts: 1 })
    expect(item).not.toHaveProperty('gsi2pk')
    const records = (await practice.trail()).filter(({ name }) => name === 'notices.deliver')
    expect(records).toMatchObject([{ entity: { type: 'Communication', id: notice.noticeId }, outcome: 'success' }])
    expect(JSON.stringify(records)).not.toContain(address)
  })

  it('makes the link from the configured origin, with its token behind the #', async () => {
    await work('notices.deliver', inserted(await tell(practice, { kind: 'password-reset', ticketId })))
    const token = await links().token('reset', ticketId)
    expect(textOf()).toContain(`\nhttps://portal.example/reset-password#token=${token}\n`)
  })

  it('sends a code as a text, and no mail', async () => {
    const to = { phone: '5035550123' }
    await work('notices.deliver', inserted(await tell(practice, { kind: 'sms-code', to, ticketId })))
    const code = await links().code('sms', ticketId)
    expect(out.texts()).toMatchObject([
      {
        DestinationPhoneNumber: '+15035550123',
        OriginationIdentity: 'pool-haven',
        MessageBody: expect.stringMatching(new RegExp(`^${code} `)),
      },
    ])
    expect(out.mails(address)).toEqual([])
  })

  it.each(NoticeKind.options)('has words for %s, and in them no name, address, role or record', async kind => {
    const to = kind === 'sms-code' ? { phone: '5035550123' } : { email: address }
    await work('notices.deliver', inserted(await tell(practice, { kind, to, ticketId })))
    const said = [...out.mails(address), ...out.texts()].map(each =>
      JSON.stringify({ ...each, Destination: undefined }),
    )
    expect(said).toHaveLength(1)
    expect(said[0]?.length).toBeGreaterThan(60)
    expect(said[0]).not.toContain(address)
    expect(said[0]).not.toMatch(/undefined|Harbor|patient|appointment|therap/i)
  })

  it('sends once, of twenty deliveries at once', async () => {
    const notice = await tell(practice, { kind: 'new-device' })
    await Promise.all(Array.from({ length: 20 }, () => work('notices.deliver', inserted(notice))))
    expect(out.mails(address)).toHaveLength(1)
  })

  it('sends nothing that counts as sent already', async () => {
    await work(
      'notices.deliver',
      inserted(await tell(practice, { kind: 'password-reset', sentAt: new Date().toJSON() })),
    )
    expect(out.mails(address)).toEqual([])
  })

  it('leaves what cannot be sent now, and goes on with those behind it', async () => {
    const [stuck, next] = [
      await tell(practice, { kind: 'new-device', to: { email: 'slow@nowhere.example' } }),
      await tell(practice, { kind: 'new-device' }),
    ]
    out.close('TooManyRequestsException', 'slow@nowhere.example')
    const said = await outputOf(async () => {
      expect(await work('notices.deliver', inserted(stuck, next))).toEqual({ batchItemFailures: [] })
    })
    expect(said).toContain('"NoticesDelayed":1')
    expect(said).not.toContain('nowhere.example')
    expect(await found(stuck)).toMatchObject({ gsi2pk: expect.stringMatching(/^NOTICE#DUE#/), attempts: 1 })
    expect(await found(next)).toHaveProperty('sentAt')
  })

  it('gives up what the service says can never be sent, and a code that is over', async () => {
    const refused = await tell(practice, { kind: 'new-device', to: { email: 'gone@nowhere.example' } })
    const stale = await tell(practice, { kind: 'sms-code', to: { phone: '5035550123' }, ticketId })
    out.close('MessageRejected', 'gone@nowhere.example')
    const said = await outputOf(async () => {
      await work('notices.deliver', inserted(refused))
      await at(plus(new Date().toJSON(), 600_001), () => work('notices.deliver', inserted(stale)))
    })
    expect(said.match(/"NoticesAbandoned":1/g)).toHaveLength(2)
    for (const notice of [refused, stale]) {
      const item = await found(notice)
      expect(item).toHaveProperty('abandonedAt')
      expect(item).not.toHaveProperty('gsi2pk')
    }
    expect(out.texts()).toEqual([])
  })
})
