import { createHash } from 'node:crypto'

/** A mailbox as it may stand in a key: hashed, with the practice that writes to it, whether it has a user there or not. */
export const mailboxOf = (practiceSlug: string, email: string): string =>
  createHash('sha256').update(`${practiceSlug} ${email}`).digest('base64url')
