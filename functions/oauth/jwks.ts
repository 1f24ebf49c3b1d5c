import * as z from 'zod'
import { curve } from '../../shared/domain/oauth/jwt.ts'
import { setCacheSeconds } from '../../shared/domain/oauth/keyRing.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { publicKeys } from '../../shared/ports/signingKeys.ts'
import { Jwk } from '../../shared/schema/oauth.ts'

/**
 * The public keys of access tokens (RFC 7517 §5), those too that will sign next and those that signed last. Without any key
 * there is no answer to be kept, so nobody goes on with an empty set when the first key signs.
 */
export default defineAction({
  summary: 'Show the keys that access tokens are signed with',
  route: 'GET /oauth/jwks',
  allow: 'anyone',
  reply: { status: 200, schema: z.strictObject({ keys: z.array(Jwk) }), cache: setCacheSeconds },
  problems: ['signing-key-missing'],
  limit: 'read',
  timeout: 5,
  uses: { publicKeys },

  async handle({ publicKeys, fail }) {
    const keys = await publicKeys.all()
    if (keys.length === 0) return fail('signing-key-missing')
    return { keys: keys.map(({ kid, x, y }) => ({ ...curve, kid, x, y, use: 'sig' as const, alg: 'ES256' as const })) }
  },
})
