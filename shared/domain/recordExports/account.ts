import type { Identity } from '../../schema/federation.ts'
import type { Device, Session, SmsFactor, TotpFactor, User } from '../../schema/identity.ts'
import type { Passkey } from '../../schema/passkeys.ts'

interface Kept {
  sessions: Session[]
  devices: Device[]
  factors: { totp?: TotpFactor | undefined; sms?: SmsFactor | undefined }
  passkeys: Passkey[]
  identities: Identity[]
}

/** What is kept of an account, but for what would let somebody sign in. */
export const accountOf = (user: User, { sessions, devices, factors, passkeys, identities }: Kept) => ({
  userId: user.userId,
  email: user.email,
  emailVerifiedAt: user.emailVerifiedAt,
  displayName: user.displayName,
  phone: user.phone,
  role: user.role,
  status: user.status,
  factors: user.factors,
  passwordChangedAt: user.passwordChangedAt,
  formerEmails: (user.undoable ?? []).map(({ email, at }) => ({ email, changedAt: at })),
  createdAt: user.createdAt,
  updatedAt: user.updatedAt,
  sessions: sessions.map(({ sessionId, signedInAt, idleExpiresAt, absoluteExpiresAt, source, aal, amr, native }) => ({
    sessionId,
    signedInAt,
    idleExpiresAt,
    absoluteExpiresAt,
    source,
    aal,
    amr,
    ...(native && { app: native }),
  })),
  devices: devices.map(({ deviceId, source, createdAt, usedAt, expiresAt }) => ({
    deviceId,
    source,
    createdAt,
    usedAt,
    expiresAt,
  })),
  ...(factors.totp && { authenticator: { createdAt: factors.totp.createdAt } }),
  ...(factors.sms && { phoneForCodes: { phone: factors.sms.phone, createdAt: factors.sms.createdAt } }),
  passkeys: passkeys.map(({ passkeyId, label, transports, backedUp, createdAt, lastUsedAt, suspendedAt }) => ({
    passkeyId,
    label,
    transports,
    backedUp,
    createdAt,
    lastUsedAt,
    suspendedAt,
  })),
  identities: identities.map(({ identityId, provider, linkedAt }) => ({ identityId, provider, linkedAt })),
})
