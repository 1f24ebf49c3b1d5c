import type { Binding } from '../kernel/port.ts'
import { PasswordReset } from '../schema/tickets.ts'
import { ticketStore } from './tickets.ts'

const store = ticketStore('RESET', 'PasswordReset', PasswordReset)

/** Resets of passwords that were asked for. */
export const resets = (binding: Pick<Binding, 'now' | 'signal'>) => store(binding)
