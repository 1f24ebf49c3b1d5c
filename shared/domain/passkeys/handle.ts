import type { User } from '../../schema/identity.ts'
import { PracticeId, UserId } from '../../schema/ids.ts'

/** Whom a user handle names. */
export type Holder = Pick<User, 'practiceId' | 'userId'>

/**
 * The user handle that an authenticator keeps beside a passkey (WebAuthn §5.4.3): opaque ids, nothing of a person. Practice and
 * user stand in it so that user and passkey are read in one burst; they are believed only when the passkey says the same.
 */
export const handleOf = ({ practiceId, userId }: Holder): string =>
  Buffer.from(`${practiceId}.${userId}`).toString('base64url')

export function holderOf(handle: string | undefined): Holder | undefined {
  const [practice, user, ...rest] = Buffer.from(handle ?? '', 'base64url')
    .toString()
    .split('.')
  const [practiceId, userId] = [PracticeId.safeParse(practice), UserId.safeParse(user)]
  return practiceId.success && userId.success && rest.length === 0
    ? { practiceId: practiceId.data, userId: userId.data }
    : undefined
}
