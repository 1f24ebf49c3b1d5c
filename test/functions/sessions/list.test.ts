import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { clientOf, sessionOf } from '../../harness/identity.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'

const windows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const noon = '2029-03-05T12:00:00.000Z'

describe('GET /sessions', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const opened = (moment: string, change = {}) => at(moment, () => sessionOf(practice.users.practitioner, change))

  it('200 lists where the caller is signed in, and which one asks', async () => {
    const source = { address: '192.0.2.77', client: windows }
    const there = await opened(noon, { source })
    const here = await opened(plus(noon, 60_000))
    await at(noon, () => sessionOf(practice.users.biller))
    const answer = await at(plus(noon, 90_000), () => here.call('sessions.list'))
    expect(answer.status).toBe(200)
    expect(answer.body.items).toEqual([
      {
        sessionId: there.session.sessionId,
        signedInAt: noon,
        lastUsedAt: noon,
        client: 'Chrome on Windows',
        address: '192.0.2.77',
        aal: 'aal2',
        current: false,
      },
      expect.objectContaining({ sessionId: here.session.sessionId, client: 'Unknown client', current: true }),
    ])
  })

  it('200 says when each was last used, within half a minute', async () => {
    const moment = '2029-03-06T12:00:00.000Z'
    const [other, here] = [await opened(moment), await opened(moment)]
    await at(plus(moment, 300_000), () => other.call('patients.list'))
    await at(plus(moment, 329_999), () => other.call('patients.list'))
    const { body } = await at(plus(moment, 330_000), () => here.call('sessions.list'))
    const [told] = body.items.filter(({ sessionId }: { sessionId: string }) => sessionId === other.session.sessionId)
    expect(told.lastUsedAt).toBe(plus(moment, 300_000))
  })

  it('200 shows a sign-in once however often it was renewed, and none that is over', async () => {
    const moment = '2029-03-07T12:00:00.000Z'
    const idle = await opened(moment)
    await opened(moment, { epoch: 99 })
    await opened(moment, { role: 'biller' })
    const half = await opened(plus(moment, 800_000), { aal: 'pending', next: 'mfa-verify' })
    const first = await opened(plus(moment, 800_000))
    const second = await at(plus(moment, 801_000), async () =>
      clientOf(first.user, await first.call('sessions.refresh')),
    )
    const { body } = await at(plus(moment, 900_000), () => second.call('sessions.list'))
    const ids = body.items.map(({ sessionId }: { sessionId: string }) => sessionId)
    expect(ids.sort()).toEqual([half.session.sessionId, first.session.sessionId].sort())
    expect(ids).not.toContain(idle.session.sessionId)
    const aals = body.items.map(({ aal }: { aal: string }) => aal)
    expect(aals.sort()).toEqual(['aal2', 'pending'])
  })

  it('200 shows neither token, nor hash, nor the client’s own words', async () => {
    const moment = '2029-03-08T12:00:00.000Z'
    const client = 'CANARY/1.0 (I am your own telephone)'
    const here = await opened(moment, { source: { address: '192.0.2.1', client } })
    const { body } = await at(moment, () => here.call('sessions.list'))
    const told = JSON.stringify(body)
    for (const secret of [here.token, here.session.tokenHash, 'CANARY']) expect(told).not.toContain(secret)
  })

  it('200 is audited as a look at the caller’s own account', async () => {
    const here = await practice.as('auditor')
    expect(await practice.recordsOf(await here.call('sessions.list'))).toEqual([
      expect.objectContaining({ name: 'sessions.list', verb: 'R', entity: { type: 'User', id: here.user.userId } }),
    ])
  })
})
