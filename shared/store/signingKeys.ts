import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import { PublicKey } from '../schema/oauth.ts'
import { entity } from './entity.ts'
import { queryAll } from './read.ts'

export const publicKeyEntity = entity<PublicKey>({
  name: 'SigningKey',
  schema: PublicKey,
  id: ({ kid }) => kid,
  keys: ({ kid }) => publicKeyKey(kid),
})

/** All in one partition, which is read whole; who verifies keeps what it read for minutes. */
export const publicKeyKey = (kid: string) => ({ pk: setKey, sk: kid })
const setKey = 'JWK#signing'

/** The public halves of the signing keys: what verifies. The private ones are in the secret, which no verifier may read. */
export const signingKeys = (binding: Pick<Binding, 'signal' | 'now'>) => ({
  async all(): Promise<PublicKey[]> {
    return (await queryAll({ pk: setKey }, binding)).map(publicKeyEntity.parse)
  },

  /** From now on it verifies. */
  publish: ({ kid, x, y }: Pick<PublicKey, 'kid' | 'x' | 'y'>): Write<'conflict'> =>
    publicKeyEntity.create({ kid, x, y, publishedAt: binding.now, version: 1 }),

  /** From now on nothing that it signed counts. */
  withdraw: (key: PublicKey): Write<'conflict'> => publicKeyEntity.remove(key),
})
