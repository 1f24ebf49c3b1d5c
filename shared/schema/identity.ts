import * as z from 'zod'
import { Lease } from './breakGlass.ts'
import { DeviceId, PatientId, PracticeId, PractitionerId, SessionId, TicketId, UserId } from './ids.ts'
import { Email, Phone, text } from './people.ts'
import { Instant } from './time.ts'

/** The name of a practice in an address: `harbor`. */
export const PracticeSlug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be 2 to 40 small letters, digits and dashes')

export const Role = z.enum(['patient', 'practitioner', 'supervisor', 'biller', 'front-desk', 'admin', 'auditor'])
export type Role = z.infer<typeof Role>

/** A second factor that a user has enabled. */
export const Factor = z.enum(['totp', 'passkey', 'sms'])
export type Factor = z.infer<typeof Factor>

/**
 * NIST SP 800-63B-4 assurance of a sign-in. `pending` has shown a password and still owes its second factor; `aal1+device` is
 * a patient whose browser is trusted: it reads and books, and is asked for a factor before anything sensitive.
 */
export const Aal = z.enum(['pending', 'aal1', 'aal1+device', 'aal2'])

/** How somebody showed who they are (RFC 8176 §2; `rc` a backup code, `fed` another identity provider). */
export const Amr = z.enum(['pwd', 'otp', 'rc', 'sms', 'hwk', 'fed'])

/** Somebody who can sign in at one practice. */
export const User = z.object({
  userId: UserId,
  practiceId: PracticeId,
  practiceSlug: PracticeSlug,
  email: Email,
  /** When a message to this address was last shown to have been read by its owner. */
  emailVerifiedAt: Instant.optional(),
  displayName: text(80).optional(),
  /** To be called at. What codes are sent to is a factor's own. */
  phone: Phone.optional(),
  role: Role,
  patientId: PatientId.optional(),
  practitionerId: PractitionerId.optional(),
  status: z.enum(['active', 'disabled']),
  /** Encoded argon2id: algorithm, parameters, salt and hash. Absent for somebody who never set a password. */
  passwordHash: z.string().optional(),
  /** A reset that was asked for before it is dead. */
  passwordChangedAt: Instant.optional(),
  /** Changes that their owner can still undo, oldest first, each with the e-mail from before it. */
  undoable: z.array(z.object({ ticketId: TicketId, email: Email, at: Instant })).optional(),
  /** A session of an older epoch is dead: one write ends them all. */
  sessionEpoch: z.int().min(0),
  /** The second factors that are enabled. With one of them, a password alone opens nothing. */
  factors: z.array(Factor),
  /** How many passkeys there are. It changes with them, under this version, so that their limit and the last of them are exact. */
  passkeys: z.int().min(0).optional(),
  /** Restricted records that are open to them in an emergency; those that are over count for nothing. */
  leases: z.array(Lease).optional(),
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int().min(1),
})
export type User = z.infer<typeof User>

/** What leads from an e-mail at a practice to its user. Its key is a hash of the e-mail. */
export const Login = z.object({
  practiceId: PracticeId,
  userId: UserId,
  /** Set when its user left it: until then nobody else gets it, so that the change can be undone. */
  freeFrom: Instant.optional(),
})
export type Login = z.infer<typeof Login>

/** A session of a browser or of a native app. The token's secret is stored only as its SHA-256, which is the key. */
export const Session = z.object({
  sessionId: SessionId,
  /** Rotations of one sign-in share it: a reused old token ends them all. */
  tokenHash: z.string(),
  practiceId: PracticeId,
  userId: UserId,
  role: Role,
  patientId: PatientId.optional(),
  practitionerId: PractitionerId.optional(),
  aal: Aal,
  amr: z.array(Amr),
  /** What must happen before anything else may. */
  next: z.enum(['none', 'mfa-verify', 'mfa-setup']),
  /** When a second factor was last shown, or the password by whoever has none: what is sensitive wants it fresh. */
  verifiedAt: Instant.optional(),
  /** Where the sign-in came from, for its user to recognise. */
  source: z.object({ address: z.string(), client: z.string() }),
  epoch: z.int().min(0),
  /** Of the sign-in, not of the rotation. */
  signedInAt: Instant,
  idleExpiresAt: Instant,
  absoluteExpiresAt: Instant,
  /** Set when a refresh replaced this token: it works until then, for tabs that had not heard. */
  graceUntil: Instant.optional(),
  /** Of an app that was let in: which one, and what it may ask for. Its token is then a refresh token and no cookie. */
  native: z.object({ clientId: z.string(), scopes: z.array(z.string()) }).optional(),
  version: z.int().min(1),
})
export type Session = z.infer<typeof Session>

/**
 * A TOTP authenticator. Its seed is a KMS ciphertext bound to the user. One that is being set up stands apart from the enabled
 * one, which it replaces when it has shown a code.
 */
export const TotpFactor = z.object({
  practiceId: PracticeId,
  userId: UserId,
  seed: z.string(),
  /** The last time step that was accepted: an older or equal one is a replay. */
  lastStep: z.int(),
  /** Wrong codes since the last right one (NIST SP 800-63B-4 §3.2.2: at most 100). */
  failures: z.int().min(0),
  createdAt: Instant,
  version: z.int().min(1),
})
export type TotpFactor = z.infer<typeof TotpFactor>

/** The last code that was sent to a phone: it works once, until it expires, in the session that asked for it. */
export const SmsChallenge = z.object({ ticketId: TicketId, sessionId: SessionId, expiresAt: Instant })
export type SmsChallenge = z.infer<typeof SmsChallenge>

/** A phone that gets codes: a restricted authenticator (NIST SP 800-63B-4 §3.2.9), so only beside another factor. */
export const SmsFactor = z.object({
  practiceId: PracticeId,
  userId: UserId,
  status: z.enum(['pending', 'active']),
  phone: Phone,
  challenge: SmsChallenge.optional(),
  /** When a code was last sent. */
  sentAt: Instant,
  /** When its user was told of the risk and took it. */
  riskAcceptedAt: Instant.optional(),
  failures: z.int().min(0),
  createdAt: Instant,
  version: z.int().min(1),
})
export type SmsFactor = z.infer<typeof SmsFactor>

/** A backup code, kept as its hash. Redeeming it deletes it. */
export const BackupCode = z.object({ practiceId: PracticeId, userId: UserId, codeHash: z.string(), createdAt: Instant })
export type BackupCode = z.infer<typeof BackupCode>

/** A browser that a user trusts for 30 days. The cookie's secret is stored only as its SHA-256. */
export const Device = z.object({
  deviceId: DeviceId,
  practiceId: PracticeId,
  userId: UserId,
  tokenHash: z.string(),
  /** Hashes of tokens that were replaced, latest first: one of them that comes back was stolen. */
  replaced: z.array(z.string()),
  /** Of the user when it was trusted: whatever ends all sessions or changes the role ends the trust too. */
  epoch: z.int().min(0),
  role: Role,
  /** When a second factor was last shown in it, and which. */
  verifiedAt: Instant,
  amr: z.array(Amr),
  /** Where it was last seen, for its user to recognise. */
  source: z.object({ address: z.string(), client: z.string() }),
  createdAt: Instant,
  usedAt: Instant,
  expiresAt: Instant,
  version: z.int().min(1),
})
export type Device = z.infer<typeof Device>

/** How a user appears: to themselves, and to who manages users. */
export const UserView = z
  .strictObject({
    userId: UserId,
    practiceId: PracticeId,
    email: Email,
    emailVerifiedAt: Instant.optional(),
    displayName: text(80).optional(),
    phone: Phone.optional(),
    role: Role,
    patientId: PatientId.optional(),
    practitionerId: PractitionerId.optional(),
    status: User.shape.status,
    factors: z.array(Factor),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'User' })
export type UserView = z.infer<typeof UserView>

/** A sign-in in a list: enough for its user to recognise it. */
export const SignInView = z
  .strictObject({
    sessionId: SessionId,
    signedInAt: Instant,
    /** Within half a minute. */
    lastUsedAt: Instant,
    /** `Firefox on Windows`. */
    client: z.string(),
    address: z.string(),
    aal: Aal,
    /** Whether it is the one that asks. */
    current: z.boolean(),
  })
  .meta({ id: 'SignIn' })
export type SignInView = z.infer<typeof SignInView>

/** A trusted browser in a list. */
export const DeviceView = z
  .strictObject({
    deviceId: DeviceId,
    trustedAt: Instant,
    lastUsedAt: Instant,
    expiresAt: Instant,
    /** `Firefox on Windows`. */
    client: z.string(),
    address: z.string(),
    /** Whether it is the one that asks. */
    current: z.boolean(),
  })
  .meta({ id: 'Device' })
export type DeviceView = z.infer<typeof DeviceView>

/** How a session appears to its own user. */
export const SessionView = z
  .strictObject({
    sessionId: SessionId,
    userId: UserId,
    practiceId: PracticeId,
    role: Role,
    patientId: PatientId.optional(),
    practitionerId: PractitionerId.optional(),
    aal: Aal,
    amr: z.array(Amr),
    /** What must happen before anything else may. */
    next: z.enum(['none', 'mfa-verify', 'mfa-setup']),
    idleExpiresAt: Instant,
    absoluteExpiresAt: Instant,
    warnAt: Instant,
    /** Sent back as `X-CSRF` with every unsafe request. */
    csrf: z.string(),
  })
  .meta({ id: 'Session' })
export type SessionView = z.infer<typeof SessionView>

/** Six digits of the app, or a backup code with or without its dashes. */
export const FactorCode = z
  .string()
  .transform(text => text.replace(/[\s-]/g, '').toUpperCase())
  .pipe(z.string().regex(/^(\d{6}|[0-9A-HJKMNP-TV-Z]{25})$/, 'must be 6 digits or a backup code'))

/** Eight digits of a text message. */
export const SmsCode = z.string().regex(/^\d{8}$/, 'must be 8 digits')

/** What a user can sign in with, beside the password. */
export const MfaStatus = z
  .strictObject({
    factors: z.array(Factor),
    /** Those that answer no more, after a hundred wrong codes in a row: they must be set up anew. */
    blocked: z.array(Factor),
    backupCodesLeft: z.int().min(0),
    /** The last two digits of the phone that gets codes. */
    phoneEnding: z.string().length(2).optional(),
    /** Whether the practice, or the role, demands a second factor. */
    required: z.boolean(),
    /** Until when whoever has none may still sign in without. */
    graceEnds: Instant.optional(),
  })
  .meta({ id: 'MfaStatus' })
export type MfaStatus = z.infer<typeof MfaStatus>

/** A code that is on its way to a phone. */
export const CodeSent = z
  .strictObject({
    phoneEnding: z.string().length(2),
    expiresAt: Instant,
    /** Before this no other code is sent. */
    nextAt: Instant,
  })
  .meta({ id: 'CodeSent' })
export type CodeSent = z.infer<typeof CodeSent>

/** Backup codes as they are shown, this once, with the session that goes on: every other one has ended. */
export const WithBackupCodes = z.strictObject({
  session: SessionView,
  /** Each works once, where no factor is at hand. */
  backupCodes: z.array(z.string()).length(10),
})
