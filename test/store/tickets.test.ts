import { beforeAll, describe, expect, it } from 'vitest'
import { ticketOf } from '../../shared/domain/accounts.ts'
import { idsAt } from '../../shared/kernel/random.ts'
import type { Write } from '../../shared/kernel/write.ts'
import { recordOf } from '../../shared/pipeline/trail.ts'
import { invitations } from '../../shared/store/invitations.ts'
import { journal } from '../../shared/store/journal.ts'
import { resets } from '../../shared/store/resets.ts'
import { undos } from '../../shared/store/undos.ts'
import { plus } from '../harness/clock.ts'
import { itemsAt, newPractice, type TestPractice } from '../harness/index.ts'

describe('tickets', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const signal = AbortSignal.timeout(60_000)
  const now = new Date().toJSON()
  const commit = (...writes: Write[]) =>
    journal({ signal }).commit(
      writes,
      recordOf(
        {
          name: 'test',
          audit: { action: 'E', entity: 'Test/test' },
          actor: { type: 'system', id: 'test', practiceId: practice.practice.practiceId },
          facts: {},
          params: {},
          address: '-',
          client: 'test',
          requestId: 'test',
          startedAt: Date.now(),
        },
        { outcome: 'success' },
      ),
    )
  const issued = async () => {
    const ticket = ticketOf(idsAt(now)('tkt'), practice.users.biller, 'undo', now)
    await commit(undos({ now, signal }).issue(ticket))
    return ticket
  }
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: { code?: string }) => error.code,
    )

  it('are used up once, of twenty transactions at once', async () => {
    const ticket = await issued()
    const codes = await Promise.all(
      Array.from({ length: 20 }, () => codeOf(commit(undos({ now, signal }).redeem(ticket)))),
    )
    expect(codes.filter(code => code === 'done')).toHaveLength(1)
    expect(codes.every(code => ['done', 'link-refused', 'conflict'].includes(code ?? ''))).toBe(true)
    expect(await undos({ now, signal }).find(ticket.ticketId)).toBeUndefined()
  })

  it('are over at their very moment, whatever TTL has removed', async () => {
    const { ticketId, expiresAt } = await issued()
    const find = (moment: string) => undos({ now: moment, signal }).find(ticketId)
    expect(await find(plus(expiresAt, -1))).toMatchObject({ ticketId })
    expect(await find(expiresAt)).toBeUndefined()
    const [item] = await itemsAt(`UNDO#${ticketId}`)
    expect(item?.ttl).toBe(Math.ceil(Date.parse(expiresAt) / 1000) + 86_400)
  })

  it('of one purpose are none of another', async () => {
    const { ticketId } = await issued()
    expect(await resets({ now, signal }).find(ticketId)).toBeUndefined()
    expect(await invitations({ now, signal }).find(ticketId)).toBeUndefined()
  })

  it('never take the place of another', async () => {
    const ticket = await issued()
    expect(await codeOf(commit(undos({ now, signal }).issue(ticket)))).toBe('conflict')
  })

  it('hold neither token nor code, nor what one could be guessed from', async () => {
    const { ticketId } = await issued()
    const [item] = await itemsAt(`UNDO#${ticketId}`)
    expect(Object.keys(item ?? {}).sort()).toEqual(
      ['createdAt', 'expiresAt', 'pk', 'practiceId', 'sk', 'ticketId', 'ttl', 'userId', 'version'].sort(),
    )
  })

  it('of invitations count only while they are the last of their address', async () => {
    const invitation = () => ({
      ...ticketOf(idsAt(now)('tkt'), { practiceId: practice.practice.practiceId }, 'invitation', now),
      practiceSlug: practice.practice.slug,
      email: 'last@nowhere.example',
      role: 'biller' as const,
    })
    const store = invitations({ now, signal })
    const [first, second] = [invitation(), invitation()]
    await commit(...store.issue(first))
    await commit(...store.issue(second))
    expect(await codeOf(commit(...store.redeem(first)))).toBe('link-refused')
    expect(await codeOf(commit(...store.redeem(second)))).toBe('done')
  })
})
