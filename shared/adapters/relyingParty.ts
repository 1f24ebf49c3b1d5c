import { setting } from '../kernel/setting.ts'

/** The relying party that passkeys are bound to (WebAuthn §4): the portal's host, as the deploy was told. */
export const relyingParty = () => ({ id: new URL(setting('origin')).hostname })
