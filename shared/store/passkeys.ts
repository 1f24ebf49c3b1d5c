import { createHash } from 'node:crypto'
import type { Holder } from '../domain/passkeys/handle.ts'
import type { Binding } from '../kernel/port.ts'
import type { User } from '../schema/identity.ts'
import { Passkey } from '../schema/passkeys.ts'
import { entity } from './entity.ts'
import { getItem, queryAll } from './read.ts'
import { userEntity, userKey } from './users.ts'

export const passkeyEntity = entity<Passkey>({
  name: 'Passkey',
  schema: Passkey,
  id: ({ passkeyId }) => passkeyId,
  keys: ({ credentialId, practiceId, userId, passkeyId }) => ({
    ...passkeyKey(credentialId),
    gsi1pk: `PASSKEY#${practiceId}#${userId}`,
    gsi1sk: passkeyId,
  }),
})

/** A credential's id may be longer than a key and is the client's own; its hash is neither. */
const passkeyKey = (credentialId: string) => ({
  pk: `PASSKEY#${createHash('sha256').update(credentialId).digest('base64url')}`,
  sk: 'PASSKEY',
})

export const passkeys = (binding: Pick<Binding, 'now' | 'signal'>) => ({
  /** The passkey of a credential, whoever's it is: a sign-in does not know that yet. */
  async find(credentialId: string): Promise<Passkey | undefined> {
    const item = await getItem(passkeyKey(credentialId), binding)
    return item && passkeyEntity.parse(item)
  },

  /** Whom a user handle names. */
  async holder({ practiceId, userId }: Holder): Promise<User | undefined> {
    const item = await getItem(userKey(practiceId, userId), binding)
    return item && userEntity.parse(item)
  },

  /** A user's passkeys, oldest first. An index answers: what must be exact is decided by the user's own version. */
  async ofUser({ practiceId, userId }: Holder): Promise<Passkey[]> {
    const items = await queryAll({ index: 'gsi1', pk: `PASSKEY#${practiceId}#${userId}` }, binding)
    return items.map(passkeyEntity.parse)
  },

  /** A credential has one user: it is never registered twice (WebAuthn §7.1, step 26). */
  register: (passkey: Passkey) => passkeyEntity.create(passkey, 'passkey-exists'),

  used: (passkey: Passkey, seen: Pick<Passkey, 'counter' | 'backedUp'>) =>
    passkeyEntity.replace(passkey, { ...seen, lastUsedAt: binding.now }),

  /** Its count went back: there are two of it (WebAuthn §6.1.1). From now on it is refused, the original too. */
  suspend: (passkey: Passkey) =>
    passkeyEntity.replace(passkey, { suspendedAt: passkey.suspendedAt ?? binding.now }, 'passkey-refused'),

  rename: (passkey: Passkey, label: string) => passkeyEntity.replace(passkey, { label }),

  remove: (passkey: Passkey) => passkeyEntity.remove(passkey),

  /** Demands that its user is as they were read: neither disabled nor without the passkey meanwhile. */
  holderUnchanged: (user: User) => userEntity.unchanged(user, 'passkey-refused'),
})
