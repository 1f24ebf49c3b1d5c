import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { decodeAttestationObject } from '@simplewebauthn/server/helpers'
import { algorithms } from '../domain/passkeys/options.ts'
import { setting } from '../kernel/setting.ts'
import type { AssertionAnswer, Passkey, RegistrationAnswer } from '../schema/passkeys.ts'
import { relyingParty } from './relyingParty.ts'

/** What a right registration tells of its passkey. */
export type NewCredential = Pick<
  Passkey,
  'credentialId' | 'publicKey' | 'counter' | 'transports' | 'backupEligible' | 'backedUp'
>

/**
 * The ceremonies of WebAuthn Level 3 (§7.1, §7.2): challenge, origin, relying party, presence, verification and signature.
 * Whatever is wrong with an answer, it is nothing: why is nobody's business but the authenticator's.
 */
export const webauthn = () => ({
  /** The credential that answers this challenge. */
  async registered(challenge: string, answer: RegistrationAnswer): Promise<NewCredential | undefined> {
    const expected = expectedOf(challenge)
    return orNothing(async () => {
      if (isFramed(answer) || !isUnattested(answer)) return undefined
      const { registrationInfo } = await verifyRegistrationResponse({
        ...expected,
        response: answer as Parameters<typeof verifyRegistrationResponse>[0]['response'],
        supportedAlgorithmIDs: algorithms,
      })
      if (!registrationInfo) return undefined
      const { credential, credentialDeviceType, credentialBackedUp } = registrationInfo
      // The id that was signed for, not the one that stands beside it.
      if (credential.id !== answer.id) return undefined
      return {
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        transports: answer.response.transports ?? [],
        backupEligible: credentialDeviceType === 'multiDevice',
        backedUp: credentialBackedUp,
      }
    })
  },

  /** What the passkey's signature says. Its count is for the caller to compare: only a right signature may accuse a passkey. */
  async asserted(
    challenge: string,
    answer: AssertionAnswer,
    passkey: Passkey,
  ): Promise<Pick<Passkey, 'counter' | 'backedUp'> | undefined> {
    const expected = expectedOf(challenge)
    return orNothing(async () => {
      if (isFramed(answer) || answer.id !== passkey.credentialId) return undefined
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        ...expected,
        response: answer as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
        credential: {
          id: passkey.credentialId,
          publicKey: Uint8Array.from(Buffer.from(passkey.publicKey, 'base64url')),
          counter: 0,
        },
      })
      const { newCounter, credentialDeviceType, credentialBackedUp } = authenticationInfo
      const sameKind = (credentialDeviceType === 'multiDevice') === passkey.backupEligible
      return verified && sameKind ? { counter: newCounter, backedUp: credentialBackedUp } : undefined
    })
  },
})

const expectedOf = (challenge: string) => ({
  expectedChallenge: challenge,
  expectedOrigin: setting('origin'),
  expectedRPID: relyingParty().id,
  requireUserVerification: true,
})

/** Our page is in no frame (`frame-ancestors 'none'`): an answer that was made in one was made for somebody else's page. */
function isFramed({ response }: RegistrationAnswer | AssertionAnswer): boolean {
  const { crossOrigin, topOrigin } = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString()) as {
    crossOrigin?: unknown
    topOrigin?: unknown
  }
  return crossOrigin === true || topOrigin !== undefined
}

/** No attestation is asked for, so none with a maker's certificate is read; a self-attestation may pass (WebAuthn §5.4.7). */
function isUnattested({ response }: RegistrationAnswer): boolean {
  const attestation = decodeAttestationObject(Uint8Array.from(Buffer.from(response.attestationObject, 'base64url')))
  const format = attestation.get('fmt')
  return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined)
}

/** The library throws at whatever it is handed that is not right. */
async function orNothing<T>(ceremony: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await ceremony()
  } catch {
    return undefined
  }
}
