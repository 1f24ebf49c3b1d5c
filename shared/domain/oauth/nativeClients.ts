/** An app of ours on a user's own machine. It has no secret (RFC 8252 §8.5): what it is, its redirect and PKCE say. */
interface NativeClient {
  name: string
  /** `loopback` stands for any port of this machine (RFC 8252 §7.3); others are links that the app's platform gives to it alone. */
  redirects: readonly string[]
}

const clients: Readonly<Record<string, NativeClient>> = {
  'haven-desktop': { name: 'Haven for desktops', redirects: ['loopback'] },
  'haven-mobile': { name: 'Haven for phones', redirects: ['org.haven.app:/callback'] },
}

/** Whether an app is known and the address one of its own, to the letter but for a loopback port. */
export function mayRedirect(clientId: string, redirectUri: string): boolean {
  const { redirects = [] } = (Object.hasOwn(clients, clientId) && clients[clientId]) || {}
  return redirects.some(own => (own === 'loopback' ? loopback.test(redirectUri) : own === redirectUri))
}

/** An address and not `localhost`, which a name server can answer for (RFC 8252 §8.3). */
const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]):([1-9]\d{0,4})\/callback$/
