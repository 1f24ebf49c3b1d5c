import type { Binding } from '../kernel/port.ts'
import { Ticket } from '../schema/tickets.ts'
import { ticketStore } from './tickets.ts'

const store = ticketStore('UNDO', 'Undo', Ticket)

/** Whose change a link undoes. What it undoes stands with the user, among the changes before and after it. */
export const undos = (binding: Pick<Binding, 'now' | 'signal'>) => store(binding)
