import { plantPractice } from '../../local/seed/plant.ts'
import { passwords } from '../../shared/adapters/passwords.ts'
import { idsAt, randomText } from '../../shared/kernel/random.ts'
import type { Write } from '../../shared/kernel/write.ts'
import { recordOf } from '../../shared/pipeline/trail.ts'
import type { Role, Session, User } from '../../shared/schema/identity.ts'
import type { PracticeId } from '../../shared/schema/ids.ts'
import { devices } from '../../shared/store/devices.ts'
import { journal } from '../../shared/store/journal.ts'
import { sessions } from '../../shared/store/sessions.ts'
import { Client, freshAddress } from './client.ts'

/** The password of every planted user. */
export const password = 'a-long-password-of-benchmarks'

export type Practice = Awaited<ReturnType<typeof newPractice>>

let hash: Promise<string> | undefined

/** Plants a practice of its own kind: what other rounds wrote is never read in it, so its figures do not grow. */
export async function newPractice(base: string) {
  // One hash for all: hashing is what takes longest here.
  hash ??= passwords().hash(password)
  const now = new Date().toJSON()
  const planted = await plantPractice({
    slug: `b-${randomText(10).toLowerCase()}`,
    newId: kind => idsAt(now)(kind),
    now,
    passwordHash: await hash,
  })
  const address = freshAddress()
  return {
    ...planted,
    /** Somebody who has not signed in. */
    anybody: () => new Client(base, undefined, address),
    /** A program or an app, with a key or token. */
    holding(bearer: string): Client {
      const client = new Client(base, undefined, address)
      client.bearer = bearer
      return client
    },
    /** A session of the role, put straight into the table: sign-ins are limited, and are measured elsewhere. */
    async as(role: Role, how?: Pick<Session, 'aal' | 'next'>): Promise<Client> {
      return new Client(base, await openSession(planted.users[role], how), address)
    },
  }
}

/** A session as a sign-in leaves it; `how` makes it one that still owes something. */
export async function openSession(
  user: User,
  how: Pick<Session, 'aal' | 'next'> = { aal: 'aal2', next: 'none' },
  now = new Date().toJSON(),
): Promise<string> {
  const binding = { now, signal: AbortSignal.timeout(60_000) }
  const { token, write: opened } = sessions(binding).open(user, idsAt(now)('ses'), {
    amr: ['pwd', 'otp'],
    ...(how.aal !== 'pending' && { verifiedAt: now }),
    ...how,
  })
  await write(user.practiceId, opened)
  return token
}

/** A browser that a user trusted until then. */
export async function trustDevice(user: User, expiresAt: string): Promise<void> {
  const now = new Date(Date.parse(expiresAt) - 30 * 86_400_000).toJSON()
  const binding = { now, signal: AbortSignal.timeout(60_000) }
  const trusted = devices(binding).trust(user, idsAt(now)('dev'), { amr: ['pwd', 'otp'], verifiedAt: now })
  await write(user.practiceId, trusted.write)
}

/** Writes as the operator, in the only way there is: with an audit record. */
async function write(practiceId: PracticeId, ...writes: Write[]): Promise<void> {
  const actor = { type: 'system', id: 'bench', practiceId } as const
  const record = recordOf(
    {
      name: 'bench',
      audit: { action: 'C', entity: 'Session/bench' },
      actor,
      facts: {},
      params: {},
      address: '-',
      client: 'bench',
      requestId: 'bench',
      startedAt: Date.now(),
    },
    { outcome: 'success' },
  )
  await journal({ signal: AbortSignal.timeout(60_000) }).commit(writes, record)
}
