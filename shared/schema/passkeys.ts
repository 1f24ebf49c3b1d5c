import * as z from 'zod'
import { PasskeyId, PracticeId, SessionId, TicketId, UserId } from './ids.ts'
import { text } from './people.ts'
import { Ticket } from './tickets.ts'
import { Instant } from './time.ts'

/** Bytes as WebAuthn's JSON has them, base64url without padding. */
const bytes = (min: number, max: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${min},${max}}$`), `must be ${min} to ${max} base64url characters`)

/** 16 to 1,023 bytes (WebAuthn §4, Credential ID). */
const CredentialId = bytes(22, 1_364)

/** How a client may reach an authenticator: `internal`, `usb`, `hybrid`, and what will yet be thought of. */
const Transports = z.array(z.string().regex(/^[a-z][a-z-]{0,31}$/, 'must be a transport such as usb')).max(10)

/** What its user calls a passkey: `My phone`. */
export const PasskeyLabel = text(60)

/** A public key credential of a user (WebAuthn §4, credential record). Nothing in it is a secret. */
export const Passkey = z.object({
  passkeyId: PasskeyId,
  practiceId: PracticeId,
  userId: UserId,
  credentialId: z.string(),
  /** COSE_Key (RFC 9052 §7), base64url. */
  publicKey: z.string(),
  /** The highest signature count that was seen; always 0 of a passkey that is synced. */
  counter: z.int().min(0),
  transports: Transports,
  /** Whether its provider may copy it to other devices: never changes. */
  backupEligible: z.boolean(),
  backedUp: z.boolean(),
  label: PasskeyLabel,
  createdAt: Instant,
  lastUsedAt: Instant.optional(),
  /** Since when its count went back, as a copy's does: it is refused from then on. */
  suspendedAt: Instant.optional(),
  version: z.int().min(1),
})
export type Passkey = z.infer<typeof Passkey>

/** How a passkey appears to its user. */
export const PasskeyView = Passkey.pick({
  passkeyId: true,
  label: true,
  transports: true,
  backedUp: true,
  createdAt: true,
  lastUsedAt: true,
  suspendedAt: true,
})
  .strict()
  .meta({ id: 'Passkey' })
export type PasskeyView = z.infer<typeof PasskeyView>

/** A challenge that waits for its answer (WebAuthn §1.2, ceremony). One of a session is answered by that session alone. */
export const Ceremony = Ticket.partial({ practiceId: true }).extend({
  kind: z.enum(['registration', 'login', 'assertion']),
  /** 256 random bits, base64url. It is no secret: it must only be new. */
  challenge: z.string(),
  sessionId: SessionId.optional(),
})
export type Ceremony = z.infer<typeof Ceremony>

const Descriptor = z.strictObject({
  type: z.literal('public-key'),
  id: CredentialId,
  transports: Transports.optional(),
})

/** What `PublicKeyCredential.parseCreationOptionsFromJSON` takes, and the ticket that goes back with the answer. */
export const CreationOptions = z
  .strictObject({
    ticketId: TicketId,
    publicKey: z.strictObject({
      rp: z.strictObject({ id: z.string(), name: z.string() }),
      user: z.strictObject({ id: z.string(), name: z.string(), displayName: z.string() }),
      challenge: z.string(),
      pubKeyCredParams: z.array(z.strictObject({ type: z.literal('public-key'), alg: z.int() })),
      timeout: z.int(),
      excludeCredentials: z.array(Descriptor),
      authenticatorSelection: z.strictObject({
        residentKey: z.literal('required'),
        requireResidentKey: z.literal(true),
        userVerification: z.literal('required'),
      }),
      attestation: z.literal('none'),
    }),
  })
  .meta({ id: 'PasskeyCreationOptions' })
export type CreationOptions = z.infer<typeof CreationOptions>

/** What `PublicKeyCredential.parseRequestOptionsFromJSON` takes, and the ticket that goes back with the answer. */
export const RequestOptions = z
  .strictObject({
    ticketId: TicketId,
    publicKey: z.strictObject({
      challenge: z.string(),
      timeout: z.int(),
      rpId: z.string(),
      allowCredentials: z.array(Descriptor),
      userVerification: z.literal('required'),
    }),
  })
  .meta({ id: 'PasskeyRequestOptions' })
export type RequestOptions = z.infer<typeof RequestOptions>

/** What every answer of an authenticator has, as `PublicKeyCredential.toJSON` gives it. No extension is asked for. */
const answer = {
  id: CredentialId,
  rawId: CredentialId,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
}

/** The new credential (WebAuthn §5.1, RegistrationResponseJSON). What is repeated in `attestationObject` is not read. */
export const RegistrationAnswer = z
  .strictObject({
    ...answer,
    clientExtensionResults: z.strictObject({ credProps: z.strictObject({ rk: z.boolean().optional() }).optional() }),
    response: z.strictObject({
      clientDataJSON: bytes(1, 8_192),
      attestationObject: bytes(1, 16_384),
      transports: Transports.optional(),
      authenticatorData: bytes(1, 16_384).optional(),
      publicKey: bytes(1, 8_192).optional(),
      publicKeyAlgorithm: z.int().optional(),
    }),
  })
  .meta({ id: 'PasskeyRegistrationAnswer' })
export type RegistrationAnswer = z.infer<typeof RegistrationAnswer>

/** A signature over the challenge (WebAuthn §5.1, AuthenticationResponseJSON). */
export const AssertionAnswer = z
  .strictObject({
    ...answer,
    clientExtensionResults: z.strictObject({}),
    response: z.strictObject({
      clientDataJSON: bytes(1, 8_192),
      authenticatorData: bytes(1, 8_192),
      signature: bytes(1, 2_048),
      userHandle: bytes(1, 128).optional(),
    }),
  })
  .meta({ id: 'PasskeyAssertionAnswer' })
export type AssertionAnswer = z.infer<typeof AssertionAnswer>
