import type { User, UserView } from '../schema/identity.ts'
import type { TicketId } from '../schema/ids.ts'
import type { Ticket } from '../schema/tickets.ts'
import type { Instant } from '../schema/time.ts'

const minute = 60_000
const hour = 60 * minute

/** How long each kind of link works: what is worth most to a thief is good for the shortest time. */
export const validFor = { invitation: 7 * 24 * hour, reset: 30 * minute, email: 24 * hour, undo: 72 * hour } as const

/** Changes that can wait to be undone. More would let a thief push the owner's own out of reach. */
const mostUndoable = 10

/** What every ticket of an account has. */
export const ticketOf = (
  ticketId: TicketId,
  { practiceId, userId }: Pick<Ticket, 'practiceId' | 'userId'>,
  purpose: keyof typeof validFor,
  now: Instant,
): Ticket => ({
  ticketId,
  practiceId,
  userId,
  createdAt: now,
  expiresAt: new Date(Date.parse(now) + validFor[purpose]).toJSON(),
  version: 1,
})

/** The changes of an account that can still be undone, oldest first. */
const undoable = ({ undoable = [] }: User, now: Instant) =>
  undoable.filter(({ at }) => Date.parse(now) - Date.parse(at) < validFor.undo)

export const mayChange = (user: User, now: Instant): boolean => undoable(user, now).length < mostUndoable

const remembering = (user: User, ticketId: TicketId, now: Instant) => ({
  undoable: [...undoable(user, now), { ticketId, email: user.email, at: now }],
})

/** A new password ends every session, and every reset that was asked for. */
export const withPassword = (user: User, passwordHash: string, undo: TicketId, now: Instant): Partial<User> => ({
  passwordHash,
  passwordChangedAt: now,
  sessionEpoch: user.sessionEpoch + 1,
  ...remembering(user, undo, now),
})

/** Another e-mail, which has just been shown to be read by its owner. */
export const withEmail = (user: User, email: string, undo: TicketId, now: Instant): Partial<User> => ({
  email,
  emailVerifiedAt: now,
  ...remembering(user, undo, now),
})

/**
 * An account as it was before a change, locked: no session, no password, and no reset that was asked for before. The changes
 * are a stack: with one goes every later one, so that a thief's own link can never bring back what the owner has undone.
 */
export function undone(user: User, ticketId: TicketId, now: Instant): Partial<User> | undefined {
  const changes = undoable(user, now)
  const index = changes.findIndex(change => change.ticketId === ticketId)
  const change = changes[index]
  if (!change) return undefined
  return {
    email: change.email,
    // Its mail was read just now.
    emailVerifiedAt: now,
    passwordHash: undefined,
    passwordChangedAt: now,
    sessionEpoch: user.sessionEpoch + 1,
    undoable: changes.slice(0, index),
  }
}

/** Whether a reset may still be used: the account is open, has the same e-mail, and its password was not changed since. */
export const mayReset = (user: User, { email, createdAt }: { email: string; createdAt: Instant }): boolean =>
  user.status === 'active' && user.email === email && !(user.passwordChangedAt && createdAt < user.passwordChangedAt)

/** A user without hashes, epochs and what only the system needs. */
export const userViewOf = ({
  userId,
  practiceId,
  email,
  emailVerifiedAt,
  displayName,
  phone,
  role,
  patientId,
  practitionerId,
  status,
  factors,
  createdAt,
  updatedAt,
}: User): UserView => ({
  userId,
  practiceId,
  email,
  emailVerifiedAt,
  displayName,
  phone,
  role,
  patientId,
  practitionerId,
  status,
  factors,
  createdAt,
  updatedAt,
})
