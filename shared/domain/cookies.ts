import { createHmac } from 'node:crypto'
import { sameText } from '../kernel/sameText.ts'

const sessionName = '__Host-sid'
const deviceName = '__Host-did'
const flowName = '__Host-oauth'

/** This host only, HTTPS only, unseen by scripts, never sent from elsewhere (RFC 6265bis §4.1.3.2). */
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict'

export const sessionCookie = (token: string): string => `${sessionName}=${token}; ${attributes}`
export const endedCookie = `${sessionName}=; ${attributes}; Max-Age=0`

/** The cookie of a trusted browser, for so many seconds. It outlives the session: leaving one is not forgetting the other. */
export const deviceCookie = (token: string, seconds: number): string =>
  `${deviceName}=${token}; ${attributes}; Max-Age=${Math.max(0, Math.floor(seconds))}`
export const forgottenCookie = deviceCookie('', 0)

type Cookies = readonly string[] | undefined

/** Whether a request brings a session at all, or several. */
export const hasSessionCookie = (cookies: Cookies): boolean =>
  (cookies ?? []).some(cookie => cookie.startsWith(`${sessionName}=`))

export const readSessionCookie = (cookies: Cookies): string | undefined => read(sessionName, cookies)
export const readDeviceCookie = (cookies: Cookies): string | undefined => read(deviceName, cookies)
export const readFlowCookie = (cookies: Cookies): string | undefined => read(flowName, cookies)

/** A token among a request's cookies. Two of one name are an attack on one of them, so neither is taken. */
function read(name: string, cookies: Cookies): string | undefined {
  const found = (cookies ?? []).filter(cookie => cookie.startsWith(`${name}=`))
  return found.length === 1 ? found[0]?.slice(name.length + 1) || undefined : undefined
}

/** The cookie of a flow. `Lax` comes back with the provider's redirect; a form that it posts brings only what is `None`. */
export const flowCookie = (secret: string, seconds: number, sameSite: 'Lax' | 'None'): string =>
  `${flowName}=${secret}; Path=/; Secure; HttpOnly; SameSite=${sameSite}; Max-Age=${seconds}`

export const endedFlowCookie = `${flowName}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`

/**
 * What proves that a request comes from our own page: a page elsewhere can make the browser send the cookie, but it can
 * read neither the cookie nor this. It is derived from the token, so it needs no key and dies with it.
 */
export const csrfToken = (token: string): string => createHmac('sha256', token).update('csrf').digest('base64url')

export const isCsrfToken = (given: string | undefined, token: string): boolean =>
  sameText(given ?? '', csrfToken(token))
