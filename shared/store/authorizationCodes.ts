import { AuthorizationCode } from '../schema/oauth.ts'
import { ticketStore } from './tickets.ts'

/** Codes that let native apps in (RFC 6749 §4.1). */
export const authorizationCodes = ticketStore('AUTHCODE', 'AuthorizationCode', AuthorizationCode)
