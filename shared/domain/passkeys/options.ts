import type { User } from '../../schema/identity.ts'
import type { Ceremony, CreationOptions, Passkey, RequestOptions } from '../../schema/passkeys.ts'
import { handleOf } from './handle.ts'

/** How long a challenge may be answered: long enough to find a phone, and what WebAuthn §15.1 recommends. */
export const ceremonyMs = 5 * 60_000

/** Passkeys that one user may have: every device of a person, and no store of keys. */
export const mostPasskeys = 10

/** COSE algorithms that are taken, the best first: EdDSA, ES256, and RS256 for the TPMs that have no other. */
export const algorithms = [-8, -7, -257]

/** What a new passkey must be: kept by the authenticator, so that nobody need be named, and opened by finger, face or PIN. */
export function creationOptions(
  { ticketId, challenge }: Ceremony,
  rpId: string,
  user: User,
  known: readonly Passkey[],
): CreationOptions {
  return {
    ticketId,
    publicKey: {
      rp: { id: rpId, name: 'Haven' },
      user: { id: handleOf(user), name: user.email, displayName: user.email },
      challenge,
      pubKeyCredParams: algorithms.map(alg => ({ type: 'public-key', alg })),
      timeout: ceremonyMs,
      excludeCredentials: known.map(descriptorOf),
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
    },
  }
}

/** Asks for a signature: by any of these passkeys, or by whichever the authenticator keeps for us when none is named. */
export function requestOptions(
  { ticketId, challenge }: Ceremony,
  rpId: string,
  allowed: readonly Passkey[],
): RequestOptions {
  return {
    ticketId,
    publicKey: {
      challenge,
      timeout: ceremonyMs,
      rpId,
      allowCredentials: allowed.map(descriptorOf),
      userVerification: 'required',
    },
  }
}

const descriptorOf = ({ credentialId, transports }: Passkey) => ({
  type: 'public-key' as const,
  id: credentialId,
  ...(transports.length > 0 && { transports }),
})
