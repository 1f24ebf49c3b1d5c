import { createHmac } from 'node:crypto'
import { sameText } from '../kernel/sameText.ts'
import type { TicketId } from '../schema/ids.ts'
import { secret } from './secrets.ts'

/** What a token or code is for: one that was made for another purpose opens nothing. */
export type LinkPurpose = 'invitation' | 'reset' | 'email' | 'undo' | 'sms' | 'native-app'

/**
 * Tokens of links and codes of texts, derived from a ticket's id under a key of Secrets Manager. The table holds neither, nor
 * a hash of them, and whoever delivers a message can make its token without having been handed it.
 */
export const links = () => ({
  /** The token that a link carries: 256 bits beside the id. */
  async token(purpose: LinkPurpose, ticketId: TicketId): Promise<string> {
    return `${ticketId}.${(await mac(purpose, ticketId)).toString('base64url')}`
  },

  /** The ticket of a token that we made for this purpose; nothing for any other. */
  async open(purpose: LinkPurpose, token: string): Promise<TicketId | undefined> {
    const [ticketId = '', given = ''] = token.split('.')
    const right = (await mac(purpose, ticketId)).toString('base64url')
    return sameText(given, right) ? (ticketId as TicketId) : undefined
  },

  /** Eight digits, 26 bits (NIST SP 800-63B-4 §3.1.3.2 asks for 20), for what a person types. */
  async code(purpose: LinkPurpose, ticketId: TicketId): Promise<string> {
    const number = (await mac(purpose, ticketId)).readUInt32BE() % 100_000_000
    return String(number).padStart(8, '0')
  },

  /** What stands for a phone number in a key: a plain hash of ten digits could be guessed back. */
  blind: async (phone: string): Promise<string> => (await mac('phone', phone)).toString('base64url'),
})

const mac = async (purpose: LinkPurpose | 'phone', text: string): Promise<Buffer> =>
  createHmac('sha256', await secret('links'))
    .update(`${purpose}:${text}`)
    .digest()
