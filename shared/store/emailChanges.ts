import type { Binding } from '../kernel/port.ts'
import { EmailChange } from '../schema/tickets.ts'
import { ticketStore } from './tickets.ts'

const store = ticketStore('EMAIL', 'EmailChange', EmailChange)

/** E-mail addresses that wait to be confirmed. */
export const emailChanges = (binding: Pick<Binding, 'now' | 'signal'>) => store(binding)
