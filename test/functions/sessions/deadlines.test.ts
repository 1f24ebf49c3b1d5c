import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { beforeAll, describe, expect, it } from 'vitest'
import { catalogue, isAction } from '../../../functions/catalogue.ts'
import type { User } from '../../../shared/schema/identity.ts'
import { sessionEntity } from '../../../shared/store/sessions.ts'
import { userKey } from '../../../shared/store/users.ts'
import { at, plus } from '../../harness/clock.ts'
import { changeUser, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, place, plant, type TestPractice, table } from '../../harness/index.ts'

const minute = 60_000
const noon = '2029-03-05T12:00:00.000Z'

const background = (await catalogue())
  .filter(isAction)
  .filter(({ declaration: { idle, allow } }) => idle === 'stays' && allow !== 'anyone')
  .map(({ id, declaration: { route } }) => ({ id, route }))

describe('a session', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const stored = async ({ session }: Awaited<ReturnType<typeof sessionOf>>) =>
    (await itemsAt(sessionEntity.keys(session).pk)).find(({ tokenHash }) => tokenHash === session.tokenHash)
  const opened = (role: User['role'] = 'admin', change = {}) => at(noon, () => sessionOf(practice.users[role], change))

  it('401 at its idle deadline, and 200 a millisecond before', async () => {
    const client = await opened()
    const deadline = plus(noon, 15 * minute)
    expect((await at(plus(deadline, -1), () => client.call('sessions.current'))).status).toBe(200)
    const over = await at(deadline, () => client.call('sessions.current'))
    expect([over.status, over.body.code]).toEqual([401, 'session-expired'])
    // The browser may hold a newer cookie by now: a late answer must not take that away.
    expect(over.cookies).toEqual([])
    expect(over.headers).not.toHaveProperty('x-session-idle-expires')
  })

  it('401 at its absolute deadline, whatever its idle deadline says, and 200 a millisecond before', async () => {
    const deadline = plus(noon, 8 * 60 * minute)
    const client = await opened('admin', { idleExpiresAt: plus(deadline, minute) })
    expect((await at(plus(deadline, -1), () => client.call('sessions.current'))).status).toBe(200)
    expect((await at(deadline, () => client.call('sessions.current'))).status).toBe(401)
  })

  it('401 ten minutes after the password, while the second factor is owed', async () => {
    const client = await opened('admin', { aal: 'pending', amr: ['pwd'], next: 'mfa-setup' })
    expect(client.session.absoluteExpiresAt).toBe(plus(noon, 10 * minute))
    expect((await at(plus(noon, 10 * minute - 1), () => client.call('sessions.current'))).status).toBe(200)
    expect((await at(plus(noon, 10 * minute), () => client.call('sessions.current'))).status).toBe(401)
  })

  it('200 moves the stored deadline on, at most every half minute, and says what is stored', async () => {
    const client = await opened()
    const early = await at(plus(noon, 29_999), () => client.call('patients.list'))
    expect(await stored(client)).toMatchObject({ idleExpiresAt: plus(noon, 15 * minute) })
    expect(early.headers['x-session-idle-expires']).toBe(plus(noon, 15 * minute))

    const due = await at(plus(noon, 30_000), () => client.call('patients.list'))
    const moved = plus(noon, 15 * minute + 30_000)
    expect(await stored(client)).toMatchObject({ idleExpiresAt: moved })
    expect(due.headers).toMatchObject({
      'x-session-idle-expires': moved,
      'x-session-warn-at': plus(moved, -2 * minute),
      'x-session-absolute-expires': plus(noon, 8 * 60 * minute),
    })
  })

  it('200 stays alive for eight hours by use, and not a millisecond longer', async () => {
    const client = await opened()
    const end = plus(noon, 8 * 60 * minute)
    for (let moment = plus(noon, 14 * minute); moment < end; moment = plus(moment, 14 * minute)) {
      expect((await at(moment, () => client.call('payers.list'))).status).toBe(200)
    }
    const last = await at(plus(end, -1), () => client.call('payers.list'))
    expect([last.status, last.headers['x-session-idle-expires']]).toEqual([200, end])
    expect((await at(end, () => client.call('payers.list'))).status).toBe(401)
    expect(await stored(client)).toMatchObject({ idleExpiresAt: end, absoluteExpiresAt: end })
  })

  it('200 to twenty requests at once stores one deadline', async () => {
    const client = await opened()
    const answers = await at(plus(noon, minute), () =>
      Promise.all(Array.from({ length: 20 }, () => client.call('patients.list'))),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(await stored(client)).toMatchObject({ idleExpiresAt: plus(noon, 16 * minute), version: 1 })
  })

  it('is not brought back by a request that was under way when it was closed', async () => {
    const client = await opened()
    await at(plus(noon, minute), () =>
      Promise.all([client.call('auth.logout'), ...Array.from({ length: 10 }, () => client.call('patients.list'))]),
    )
    expect(await stored(client)).toBeUndefined()
  })

  it.each(background)('is not extended by $id, which is not activity', async ({ id, route }) => {
    const client = await opened()
    const before = (await stored(client))?.idleExpiresAt
    const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
      name,
      `${name.slice(0, 3)}_${'0'.repeat(20)}`,
    ])
    const answer = await at(plus(noon, 10 * minute), () => client.call(id, { params: Object.fromEntries(names) }))
    expect(answer.status).toBeLessThan(500)
    const item = await stored(client)
    expect([before, undefined]).toContain(item?.idleExpiresAt)
    if (answer.headers['x-session-idle-expires'] && id !== 'sessions.refresh') {
      expect(answer.headers['x-session-idle-expires']).toBe(before)
    }
  })

  it('401 at once when an administrator ends all sessions of the user', async () => {
    const own = await newPractice()
    const [one, two] = [await own.as('admin'), await own.as('admin')]
    expect((await one.call('patients.list')).status).toBe(200)
    await changeUser(own.users.admin, { sessionEpoch: 1 })
    for (const client of [one, two]) expect((await client.call('patients.list')).status).toBe(401)
  })

  it('401 at once when the user is disabled', async () => {
    const own = await newPractice()
    const client = await own.as('biller')
    expect((await client.call('patients.list')).status).toBe(200)
    await changeUser(own.users.biller, { status: 'disabled' })
    expect((await client.call('patients.list')).body.code).toBe('session-expired')
  })

  it('401 at once when the role of the user changes', async () => {
    const own = await newPractice()
    const client = await own.as('admin')
    await changeUser(own.users.admin, { role: 'biller' })
    expect((await client.call('patients.list')).status).toBe(401)
  })

  it('401 at once when the user is gone', async () => {
    const own = await newPractice()
    const client = await own.as('admin')
    const { practiceId, userId } = own.users.admin
    await table.send(new DeleteCommand({ TableName: place.environment.TABLE_NAME, Key: userKey(practiceId, userId) }))
    expect((await client.call('patients.list')).status).toBe(401)
  })

  it('429 for a user who has read 600 times in a minute, in any of their sessions, until the minute is over', async () => {
    // Noon is the start of a page of the counter.
    const start = Date.parse(noon) / 1000
    const own = await newPractice()
    const opened = () => at(noon, () => sessionOf(own.users.admin))
    const client = await opened()
    const item = { pk: `LIMIT#read#${own.users.admin.userId}`, sk: String(start), ttl: start + 7_200 }
    await plant({ ...item, n0: 599 })
    const last = await at(plus(noon, 15_000), () => client.call('payers.list'))
    expect([last.status, last.headers.ratelimit]).toEqual([200, '"read";r=0;t=63'])
    const other = await opened()
    const refused = await at(plus(noon, 15_000), () => other.call('payers.list'))
    expect([refused.status, refused.body.code]).toEqual([429, 'rate-limited'])
    expect(refused.headers).toMatchObject({ 'retry-after': '51', 'ratelimit-policy': '"read";q=600;w=60' })
    expect((await at(plus(noon, minute + 5_999), () => client.call('payers.list'))).status).toBe(429)
    expect((await at(plus(noon, minute + 6_000), () => client.call('payers.list'))).status).toBe(200)
  })
})
