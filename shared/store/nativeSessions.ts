import { idleDeadline } from '../domain/sessionClock.ts'
import type { Binding } from '../kernel/port.ts'
import { randomToken } from '../kernel/random.ts'
import type { Session, User } from '../schema/identity.ts'
import type { PracticeId, SessionId, UserId } from '../schema/ids.ts'
import { type SessionPlace, sessionAt, sessionEntity, tokenHashOf } from './sessions.ts'

/** A replaced refresh token goes on for so long, for an app that never heard the answer (RFC 9700 §4.14.2). */
const graceMs = 10_000

/** A refresh token is no cookie, whatever it is put into: it has a form of its own, and its hash is of the whole. */
const refreshShape = /^hvr_([0-9A-HJKMNP-TV-Z]{20})\.([0-9A-HJKMNP-TV-Z]{20})\.[A-Za-z0-9_-]{43}$/

/**
 * Sessions of native apps. They are sessions like those of browsers, so the user sees and ends them in the same list, and what
 * ends all sessions ends these; only their token is a refresh token, and the app's requests carry access tokens.
 */
export const nativeSessions = (binding: Pick<Binding, 'signal' | 'now'>) => {
  const { now } = binding
  const open = (since: Session, tokens: Pick<Session, 'sessionId' | 'native'>) => {
    const { practiceId, userId } = since
    const token = `hvr_${practiceId.slice(4)}.${userId.slice(4)}.${randomToken()}`
    const { graceUntil: _, ...lasting } = since
    const session: Session = {
      ...lasting,
      ...tokens,
      tokenHash: tokenHashOf(token),
      idleExpiresAt: idleDeadline(now, since.absoluteExpiresAt),
      version: 1,
    }
    return { session, token, write: sessionEntity.create(session) }
  }

  return {
    /** The session of a refresh token and its user. */
    async find(token: string): Promise<{ session: Session; user: User } | undefined> {
      const [, practice, user] = refreshShape.exec(token) ?? []
      if (!practice || !user) return undefined
      const [practiceId, userId] = [`prc_${practice}` as PracticeId, `usr_${user}` as UserId]
      return sessionAt({ practiceId, userId, tokenHash: tokenHashOf(token) }, binding)
    },

    /** The browser's session that let an app in. */
    opener: (place: SessionPlace) => sessionAt(place, binding),

    /** A session of an app, until the eight hours of the one that let it in are over. */
    admit: (opener: Session, sessionId: SessionId, native: NonNullable<Session['native']>) =>
      open(opener, { sessionId, native }),

    /**
     * Another refresh token in the place of one, which goes on for its grace and no longer, however often it is used in it. Of
     * many who use it at once one succeeds; the others are told that somebody has.
     */
    renew(before: Session) {
      const graceUntil = before.graceUntil ?? new Date(Date.parse(now) + graceMs).toJSON()
      const retire = sessionEntity.replace(before, { graceUntil }, 'already-refreshed')
      const { session, token, write } = open(before, before)
      return { session, token, writes: [retire, write] }
    },
  }
}
