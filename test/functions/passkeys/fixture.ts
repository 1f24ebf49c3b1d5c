import { expect } from 'vitest'
import type { User } from '../../../shared/schema/identity.ts'
import type { CreationOptions, RequestOptions } from '../../../shared/schema/passkeys.ts'
import { Authenticator, type Credential, type Lies } from '../../harness/authenticator.ts'
import { clientOf } from '../../harness/identity.ts'
import { type Answer, type Call, type Client, call, freshAddress, itemsAt, itemsLike } from '../../harness/index.ts'

/** Anonymous, from an address of its own. */
export const anybody = (id: string, request: Call = {}): Promise<Answer> =>
  call(id, { sourceIp: freshAddress(), ...request })

/** What is asked of a client who would register. */
export async function askedToRegister(client: Client): Promise<CreationOptions> {
  const { status, body } = await client.call('passkeys.registration-options')
  expect([status, body.code]).toEqual([200, undefined])
  return body
}

/** Sends the answer of an authenticator that is asked for a new passkey. */
export async function register(
  client: Client,
  authenticator = new Authenticator(),
  lies: Lies = {},
  label = 'My phone',
): Promise<Answer> {
  const options = await askedToRegister(client)
  const credential = authenticator.create(options, lies)
  return client.call('passkeys.register', { body: { ticketId: options.ticketId, label, credential } })
}

/** A client who has registered a passkey, and its authenticator. */
export async function withPasskey(before: Client, authenticator = new Authenticator()) {
  const answer = await register(before, authenticator)
  expect([answer.status, answer.body.code]).toEqual([201, undefined])
  const { passkey, backupCodes } = answer.body
  return { client: clientOf(before.user, answer), authenticator, passkeyId: passkey.passkeyId as string, backupCodes }
}

/** What is asked of whoever signs in. */
export async function askedToSignIn(): Promise<RequestOptions> {
  return (await anybody('passkeys.login-options')).body
}

/** Signs in with a passkey. */
export async function signIn(authenticator: Authenticator, lies: Lies = {}, credential?: Credential): Promise<Answer> {
  const options = await askedToSignIn()
  const signed = authenticator.get(options, lies, credential)
  return anybody('passkeys.login', { body: { ticketId: options.ticketId, credential: signed } })
}

/** What is asked of a session that shows one of its passkeys. */
export async function askedToShow(client: Client): Promise<RequestOptions> {
  const { status, body } = await client.call('passkeys.assert-options')
  expect([status, body.code]).toEqual([200, undefined])
  return body
}

/** Shows a passkey in a session. */
export async function show(client: Client, authenticator: Authenticator, lies: Lies = {}): Promise<Answer> {
  const options = await askedToShow(client)
  const credential = authenticator.get(options, lies)
  return client.call('passkeys.assert', { body: { ticketId: options.ticketId, credential } })
}

/** A user as the table has them. */
export const stored = async ({ practiceId, userId }: User) =>
  (await itemsAt(`USER#${practiceId}#${userId}`))[0] as unknown as User

/** A user's passkeys as the table has them. */
export const passkeysOf = ({ practiceId, userId }: User) => itemsAt(`PASSKEY#${practiceId}#${userId}`, 'gsi1')

/** What a user is told of, by kind. */
export async function told(practiceId: string, { userId }: User): Promise<string[]> {
  const notices = await itemsLike(`NOTICE#${practiceId}#`)
  return notices.filter(notice => notice.userId === userId).map(({ kind }) => String(kind))
}
