import type { KeyRing, SigningKey } from '../../schema/oauth.ts'
import type { Instant } from '../../schema/time.ts'

const minute = 60_000

/** Seconds for which the published set may be kept by whoever fetched it. */
export const setCacheSeconds = 300

/** How long a key signs. */
const signsMs = 30 * 24 * 60 * minute

/** How long a key is published before it signs: whoever fetched the set before that has fetched it again. */
const announcedMs = 2 * setCacheSeconds * 1_000

/** How long a key verifies after it signed last: 5 minutes in which signers may still have it, 5 of a token, and as much again. */
const verifiesMs = 20 * minute

/**
 * The next step of a rotation, or nothing: a key is made (pending), it begins to sign (current) when it has been published for
 * long enough, the one before it goes on verifying (previous), and is gone. Each step follows from what is there, so a run that
 * ends between two steps is gone on with by the next, and one that is repeated finds nothing to do.
 */
export function nextRing(
  { keys }: KeyRing,
  publishedAt: (kid: string) => Instant | undefined,
  make: () => Pick<SigningKey, 'kid' | 'x' | 'y' | 'd'>,
  now: Instant,
): KeyRing | undefined {
  const since = (moment: Instant) => Date.parse(now) - Date.parse(moment)
  const at = (stage: SigningKey['stage']) => keys.find(key => key.stage === stage)
  const [pending, current] = [at('pending'), at('current')]

  const lasting = keys.filter(key => key.stage !== 'previous' || since(key.since) < verifiesMs)
  if (lasting.length < keys.length) return { keys: lasting }
  const announced = pending && publishedAt(pending.kid)
  // Before the first key nobody can have fetched a set: an empty one is never answered.
  if (pending && announced && (!current || since(announced) >= announcedMs)) {
    const after = { pending: 'current', current: 'previous' } as const
    return { keys: keys.map(key => (key.stage === 'previous' ? key : { ...key, stage: after[key.stage], since: now })) }
  }
  if (!pending && (!current || since(current.since) >= signsMs)) {
    return { keys: [...keys, { ...make(), stage: 'pending', since: now }] }
  }
  return undefined
}
