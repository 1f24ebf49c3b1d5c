import { generateKeyPairSync } from 'node:crypto'
import { curve, thumbprint } from '../domain/oauth/jwt.ts'
import type { KeyRing, SigningKey } from '../schema/oauth.ts'
import { ringOf } from './accessTokens.ts'
import { readSecret, replaceSecret } from './secrets.ts'

/** The signing keys with their private halves, for the one worker that rotates them. */
export const keyRing = () => ({
  /** The keys as they are, and the version to which a change of them refers. */
  async read(): Promise<{ ring: KeyRing; version: string }> {
    const { text, version } = await readSecret('signing')
    return { ring: ringOf(text) ?? { keys: [] }, version }
  },

  /** False when another run was first. */
  write: (ring: KeyRing, version: string): Promise<boolean> => replaceSecret('signing', JSON.stringify(ring), version),

  make(): Pick<SigningKey, 'kid' | 'x' | 'y' | 'd'> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: curve.crv })
    const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' })
    return { kid: thumbprint({ x, y }), x, y, d }
  },
})
