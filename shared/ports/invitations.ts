import { port } from '../kernel/port.ts'

/** Invites people. */
export const invitationRegister = port({
  grants: [{ table: ['put'], keys: ['INVITATION#*'] }],
  load: async () => (await import('../store/invitations.ts')).invitations,
})

/** Finds an invitation and uses it up. */
export const invitations = port({
  grants: [{ table: ['get', 'delete'], keys: ['INVITATION#*'] }],
  load: async () => (await import('../store/invitations.ts')).invitations,
})
