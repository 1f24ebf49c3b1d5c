import type * as z from 'zod'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { TicketId } from '../schema/ids.ts'
import type { Ticket } from '../schema/tickets.ts'
import { entity } from './entity.ts'
import { getItem } from './read.ts'

/**
 * A store of single-use tickets of one purpose, under keys of its own so that IAM can tell purposes apart: `RESET#<ticket>`.
 * A ticket is used up by deleting it in the transaction of what it allows, so of twenty that use it at once one does.
 */
export function ticketStore<T extends Pick<Ticket, 'ticketId' | 'expiresAt' | 'version'>>(
  prefix: string,
  name: string,
  schema: z.ZodType<T>,
) {
  const tickets = entity<T>({
    name,
    schema,
    id: ({ ticketId }) => ticketId,
    keys: ({ ticketId }) => keyOf(prefix, ticketId),
    ttl: ({ expiresAt }) => Math.ceil(Date.parse(expiresAt) / 1000) + 86_400,
  })

  return ({ now, signal }: Pick<Binding, 'now' | 'signal'>) => ({
    issue: (ticket: T): Write<'conflict'> => tickets.create(ticket),

    /** A ticket that may still be used. */
    async find(ticketId: TicketId): Promise<T | undefined> {
      const item = await getItem(keyOf(prefix, ticketId), { signal })
      const ticket = item && tickets.parse(item)
      return ticket && now < ticket.expiresAt ? ticket : undefined
    },

    /** Uses a ticket up: whoever comes second is told that the link works no more. */
    redeem: (ticket: T): Write<'link-refused'> => tickets.remove(ticket, 'link-refused'),
  })
}

const keyOf = (prefix: string, ticketId: TicketId) => ({ pk: `${prefix}#${ticketId}`, sk: 'TICKET' })
