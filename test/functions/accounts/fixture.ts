import { expect } from 'vitest'
import type { User } from '../../../shared/schema/identity.ts'
import { clientOf } from '../../harness/identity.ts'
import { type Answer, type Client, call, freshAddress, itemsAt, type TestPractice } from '../../harness/index.ts'
import { tokenOf } from '../../harness/letters.ts'

/** A password that may be chosen. */
export const chosen = 'nine quiet herons at dawn'

/** A token of the right form that nobody made. */
export const forged = `tkt_${'0'.repeat(20)}.${'A'.repeat(43)}`

/** Asks without a session, from an address of its own. */
export const ask = (actionId: string, body: unknown): Promise<Answer> =>
  call(actionId, { body, sourceIp: freshAddress() })

/** A user as the table has them now; nothing when they are gone. */
export const stored = async ({ practiceId, userId }: User): Promise<User | undefined> =>
  (await itemsAt(`USER#${practiceId}#${userId}`))[0] as unknown as User | undefined

/** Takes an e-mail address in place of the present one: asks, and opens the link. */
export async function moveTo(client: Client, practice: TestPractice, email: string): Promise<void> {
  expect((await client.call('accounts.change-email', { body: { email } })).status).toBe(202)
  const token = await tokenOf(practice.practice.practiceId, 'email-confirmation')
  expect((await client.call('accounts.confirm-email', { body: { token } })).status).toBe(200)
}

/** Changes the password of a session's user; answers the session that goes on. */
export async function changePassword(client: Client, currentPassword: string, password = chosen): Promise<Client> {
  const answer = await client.call('passwords.change', { body: { currentPassword, password } })
  expect([answer.status, answer.body.code]).toEqual([200, undefined])
  return clientOf(client.user, answer)
}
