import type { Session } from '../../schema/identity.ts'
import type { Ceremony, Passkey } from '../../schema/passkeys.ts'
import type { Instant } from '../../schema/time.ts'
import type { Holder } from './handle.ts'
import { ceremonyMs } from './options.ts'

/** A challenge made now. One that a session asks for is bound to that session; one of a sign-in is nobody's yet. */
export function newCeremony(
  kind: Ceremony['kind'],
  { ticketId, challenge, now }: Pick<Ceremony, 'ticketId' | 'challenge'> & { now: Instant },
  session?: Session,
): Ceremony {
  const bound = session && { practiceId: session.practiceId, userId: session.userId, sessionId: session.sessionId }
  const expiresAt = new Date(Date.parse(now) + ceremonyMs).toJSON()
  return { ticketId, kind, challenge, ...bound, createdAt: now, expiresAt, version: 1 }
}

export const isHeldBy = (passkey: Passkey, { practiceId, userId }: Holder): boolean =>
  passkey.practiceId === practiceId && passkey.userId === userId

/** A count that does not rise tells of a copy (WebAuthn §7.2, step 22). Synced passkeys do not count: theirs stays 0. */
export const wentBack = (before: Pick<Passkey, 'counter'>, seen: Pick<Passkey, 'counter'>): boolean =>
  (before.counter > 0 || seen.counter > 0) && seen.counter <= before.counter
