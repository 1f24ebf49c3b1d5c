import { createHmac, timingSafeEqual } from 'node:crypto'

const name = '__Host-sid'

/** The session cookie (RFC 6265bis §4.1.3.2): this host only, HTTPS only, unseen by scripts, never sent from elsewhere. */
export const sessionCookie = (token: string): string => `${name}=${token}; Path=/; Secure; HttpOnly; SameSite=Strict`

export const endedCookie = `${name}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`

/** Whether a request brings a session at all, or several. */
export const hasSessionCookie = (cookies: readonly string[] | undefined): boolean =>
  (cookies ?? []).some(cookie => cookie.startsWith(`${name}=`))

/** The session's token among a request's cookies. Two of them are an attack on one of them, so neither is taken. */
export const readSessionCookie = (cookies: readonly string[] | undefined): string | undefined => onlyOf(name, cookies)

function onlyOf(name: string, cookies: readonly string[] = []): string | undefined {
  const found = cookies.filter(cookie => cookie.startsWith(`${name}=`))
  return found.length === 1 ? found[0]?.slice(name.length + 1) || undefined : undefined
}

const flowName = '__Host-oauth'

/** The cookie of a flow. `Lax` comes back with the provider's redirect; a form that it posts brings only what is `None`. */
export const flowCookie = (secret: string, seconds: number, sameSite: 'Lax' | 'None'): string =>
  `${flowName}=${secret}; Path=/; Secure; HttpOnly; SameSite=${sameSite}; Max-Age=${seconds}`

export const endedFlowCookie = `${flowName}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`

export const readFlowCookie = (cookies: readonly string[] | undefined): string | undefined => onlyOf(flowName, cookies)

/**
 * What proves that a request comes from our own page: a page elsewhere can make the browser send the cookie, but it can
 * read neither the cookie nor this. It is derived from the token, so it needs no key and dies with it.
 */
export const csrfToken = (token: string): string => createHmac('sha256', token).update('csrf').digest('base64url')

export function isCsrfToken(given: string | undefined, token: string): boolean {
  const right = Buffer.from(csrfToken(token))
  const tried = Buffer.from(given ?? '')
  return tried.length === right.length && timingSafeEqual(tried, right)
}
