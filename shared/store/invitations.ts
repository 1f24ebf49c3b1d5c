import { mailboxOf } from '../domain/mailbox.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import { Invitation } from '../schema/tickets.ts'
import { tableName } from './table.ts'
import { ticketStore } from './tickets.ts'

const store = ticketStore('INVITATION', 'Invitation', Invitation)

/** Invitations. Of several to one address the last one counts: the others open nothing. */
export const invitations = (binding: Pick<Binding, 'now' | 'signal'>) => {
  const { issue, find, redeem } = store(binding)
  return {
    find,

    /** Takes the place of whatever invitation the address had. */
    issue: (invitation: Invitation): Write<'conflict'>[] => [
      issue(invitation),
      {
        kind: 'put',
        request: {
          TableName: tableName(),
          Item: {
            ...latestKey(invitation),
            practiceId: invitation.practiceId,
            ticketId: invitation.ticketId,
            ttl: Math.ceil(Date.parse(invitation.expiresAt) / 1000) + 86_400,
          },
        },
        onConflict: 'conflict',
      },
    ],

    /** Uses up the invitation, if it is the last that its address got. */
    redeem: (invitation: Invitation): Write<'link-refused'>[] => [
      redeem(invitation),
      {
        kind: 'delete',
        request: {
          TableName: tableName(),
          Key: latestKey(invitation),
          ConditionExpression: 'ticketId = :this',
          ExpressionAttributeValues: { ':this': invitation.ticketId },
        },
        onConflict: 'link-refused',
      },
    ],
  }
}

const latestKey = ({ practiceSlug, email }: Invitation) => ({
  pk: `INVITATION#${mailboxOf(practiceSlug, email)}`,
  sk: 'LATEST',
})
