import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import { Ceremony } from '../schema/passkeys.ts'
import { ticketStore } from './tickets.ts'

const tickets = ticketStore('CEREMONY', 'Ceremony', Ceremony)

/** Challenges of passkeys. Each is answered once: the transaction of what the answer allows deletes it. */
export const ceremonies = (binding: Pick<Binding, 'now' | 'signal'>) => {
  const store = tickets(binding)
  return {
    begin: store.issue,

    /** A ceremony of this kind that may still be ended: one of a session by that session alone. */
    async find(
      ticketId: Ceremony['ticketId'],
      kind: Ceremony['kind'],
      sessionId?: Ceremony['sessionId'],
    ): Promise<Ceremony | undefined> {
      const ceremony = await store.find(ticketId)
      return ceremony?.kind === kind && ceremony.sessionId === sessionId ? ceremony : undefined
    },

    /** Whoever comes second with an answer is refused like one with a wrong answer. */
    end: (ceremony: Ceremony): Write<'passkey-refused'> => ({
      ...store.redeem(ceremony),
      onConflict: 'passkey-refused',
    }),
  }
}
