import type { Passkey, PasskeyView } from '../../schema/passkeys.ts'

/** A passkey as its user sees it: no key, no count. */
export function passkeyView(passkey: Passkey): PasskeyView {
  const { passkeyId, label, transports, backedUp, createdAt, lastUsedAt, suspendedAt } = passkey
  return { passkeyId, label, transports, backedUp, createdAt, lastUsedAt, suspendedAt }
}
