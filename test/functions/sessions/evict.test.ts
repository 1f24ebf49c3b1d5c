import { beforeEach, describe, expect, it } from 'vitest'
import sample from '../../../events/sessions/evict.json' with { type: 'json' }
import type { Role, User } from '../../../shared/schema/identity.ts'
import { clientOf, login, realHash, sessionOf } from '../../harness/identity.ts'
import { type Answer, type Client, call, itemsAt, newPractice, type TestPractice, work } from '../../harness/index.ts'
import { toldOf } from '../../harness/letters.ts'

/** What the table's stream tells of all tokens of a user that were ever made and are still there. */
async function told({ practiceId, userId }: User) {
  const items = await itemsAt(`SESSION#${practiceId}#${userId}`)
  return items.map(({ next }, index) => {
    const NewImage = { practiceId: { S: practiceId }, userId: { S: userId }, next: { S: next } }
    return { Records: [{ ...sample.Records[0], dynamodb: { SequenceNumber: String(index), NewImage } }] }
  })
}

/** Hands on what the stream tells until all of it is taken, as the stream does. */
async function deliver(events: readonly object[]): Promise<void> {
  const answers = await Promise.all(events.map(event => work('sessions.evict', event)))
  const again = events.filter((_, index) => (answers[index]?.batchItemFailures.length ?? 0) > 0)
  if (again.length > 0) await deliver(again)
}

describe('the limit of sessions', () => {
  let practice: TestPractice
  beforeEach(async () => {
    practice = await newPractice()
  })

  const alive = async (clients: readonly Client[]) => {
    const statuses = await Promise.all(clients.map(client => client.call('sessions.current')))
    return statuses.map(({ status }) => status === 200)
  }
  const signIns = async (role: Role, count: number) => {
    const clients: Awaited<ReturnType<typeof sessionOf>>[] = []
    for (let index = 0; index < count; index++) clients.push(await sessionOf(practice.users[role]))
    return clients.sort((a, b) => (a.session.sessionId < b.session.sessionId ? -1 : 1))
  }

  it.each([
    ['admin', 5],
    ['practitioner', 5],
    ['patient', 10],
  ] as const)('leaves a %s the newest %i', async (role, most) => {
    const clients = await signIns(role, most + 2)
    await deliver(await told(practice.users[role]))
    expect(await alive(clients)).toEqual([false, false, ...Array(most).fill(true)])
  })

  it('leaves whoever has no more than they may', async () => {
    const clients = await signIns('admin', 5)
    await deliver(await told(practice.users.admin))
    expect(await alive(clients)).toEqual(Array(5).fill(true))
    expect(await toldOf(practice)).toEqual([])
  })

  it('tells the user and the trail, once for all that end together', async () => {
    const { userId } = practice.users.admin
    await signIns('admin', 8)
    await deliver(await told(practice.users.admin))
    expect(await toldOf(practice)).toEqual([['sessions-ended', userId]])
    const records = (await practice.trail()).filter(
      ({ name, outcome }) => name === 'sessions.evict' && outcome === 'success',
    )
    expect(records).toEqual([
      expect.objectContaining({
        verb: 'D',
        actor: { type: 'system', id: 'sessions.evict' },
        entity: { type: 'User', id: userId },
      }),
    ])
  })

  it('leaves exactly ten of twenty sign-ins, the newest, in whatever order they are looked at', async () => {
    const own = await newPractice({ passwordHash: await realHash() })
    const { patient } = own.users
    const answers: Answer[] = []
    // The gate lets few strangers at once look at a password.
    while (answers.length < 20) {
      const some = [1, 2].map(() => login(patient, { remaining: 100_000 }))
      answers.push(...(await Promise.all(some)))
    }
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    await deliver((await told(patient)).reverse())
    const going = await alive(answers.map(answer => clientOf(patient, answer)))
    const ids = answers.map(({ body }) => body.sessionId as string)
    const newest = ids.toSorted().slice(10)
    expect(ids.filter((_, index) => going[index]).sort()).toEqual(newest)
  }, 120_000)

  it('counts a sign-in once however often it was renewed, and ends it with all its tokens', async () => {
    const [oldest] = await signIns('admin', 1)
    const renewed = clientOf(practice.users.admin, await (oldest as Client).call('sessions.refresh'))
    const others = await signIns('admin', 4)
    await deliver(await told(practice.users.admin))
    expect(await alive([renewed, ...others])).toEqual(Array(5).fill(true))
    const sixth = await signIns('admin', 1)
    await deliver(await told(practice.users.admin))
    expect(await alive([oldest as Client, renewed, ...others, ...sixth])).toEqual([
      false,
      false,
      ...Array(5).fill(true),
    ])
  })

  it('does not let half-done sign-ins push anybody out: a stolen password alone ends nothing', async () => {
    const clients = await signIns('admin', 5)
    for (let index = 0; index < 10; index++)
      await sessionOf(practice.users.admin, { aal: 'pending', next: 'mfa-verify' })
    await deliver(await told(practice.users.admin))
    expect(await alive(clients)).toEqual(Array(5).fill(true))
  })

  it('does not count what is over', async () => {
    const clients = await signIns('admin', 3)
    for (let index = 0; index < 5; index++) await sessionOf(practice.users.admin, { epoch: 7 })
    await deliver(await told(practice.users.admin))
    expect(await alive(clients)).toEqual(Array(3).fill(true))
  })

  it('takes its sample, of a user who is gone', async () => {
    expect(await work('sessions.evict', sample)).toEqual({ batchItemFailures: [] })
    expect((await call('sessions.current')).status).toBe(401)
  })
})
