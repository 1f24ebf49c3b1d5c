import { randomInt } from 'node:crypto'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { generateSync } from 'otplib'
import { expect } from 'vitest'
import { links } from '../../shared/adapters/links.ts'
import { passwords } from '../../shared/adapters/passwords.ts'
import { subjectHashOf } from '../../shared/domain/federation/subject.ts'
import { idsAt } from '../../shared/kernel/random.ts'
import type { Device, Session, User } from '../../shared/schema/identity.ts'
import type { TicketId } from '../../shared/schema/ids.ts'
import { deviceEntity, devices } from '../../shared/store/devices.ts'
import { identities } from '../../shared/store/identities.ts'
import { sessionEntity, sessions } from '../../shared/store/sessions.ts'
import { userKey } from '../../shared/store/users.ts'
import { at } from './clock.ts'
import {
  type Answer,
  type Call,
  type Client,
  call,
  freshAddress,
  inEpoch,
  itemsLike,
  password,
  place,
  plant,
  type TestPractice,
  table,
} from './index.ts'

/** A hash that the password of every planted user has: for practices whose users really sign in. */
export const realHash = (): Promise<string> => passwords().hash(password)

/** Shows a password from an address of its own. */
export const login = (user: User, more: Call & { password?: string } = {}): Promise<Answer> =>
  call('auth.login', {
    sourceIp: freshAddress(),
    body: { practice: user.practiceSlug, email: user.email, password: more.password ?? password },
    ...more,
  })

/** The session that an answer's cookie opens. */
export function clientOf(user: User, { cookies }: Pick<Answer, 'cookies'>): Client {
  const token = /^__Host-sid=([^;]+);/.exec(cookies[0] ?? '')?.[1] ?? ''
  return { user, token, call: (actionId, request) => call(actionId, { token, ...request }) }
}

/** A session with any fields, put into the table as it stands. Without any it is one of aal2, opened now. */
export async function sessionOf(user: User, change: Partial<Session> = {}): Promise<Client & { session: Session }> {
  const now = new Date().toJSON()
  const store = sessions({ now, signal: AbortSignal.timeout(10_000) })
  const how = { aal: 'aal2', amr: ['pwd', 'otp'], next: 'none', verifiedAt: now } as const
  const { session: opened, token } = store.open(await inEpoch(user), idsAt(now)('ses'), {
    ...how,
    amr: [...how.amr],
    ...change,
  })
  const session = { ...opened, ...change }
  await plant({ ...sessionEntity.keys(session), ...session })
  return { user, token, session, call: (actionId, request) => call(actionId, { token, ...request }) }
}

/** A browser that a user trusts, with any fields, put into the table as it stands; and the cookie that it sends. */
export async function deviceOf(user: User, change: Partial<Device> = {}) {
  const now = new Date().toJSON()
  const store = devices({ now, signal: AbortSignal.timeout(10_000) })
  const { device: trusted, token } = store.trust(await inEpoch(user), idsAt(now)('dev'), {
    amr: ['pwd', 'otp'],
    verifiedAt: now,
  })
  const device = { ...trusted, ...change }
  const item = deviceEntity.create(device).request.Item as Record<string, unknown>
  await plant(item)
  return { device, token, item, cookie: `__Host-did=${token}` }
}

/** The cookie of a trusted browser that an answer sets: nothing when it sets none, or takes it away. */
export const deviceCookieOf = ({ cookies }: Pick<Answer, 'cookies'>): string | undefined =>
  cookies.map(cookie => /^__Host-did=[^;]+/.exec(cookie)?.[0]).find(Boolean)

/** A session that owes the code of an enabled authenticator. */
export const owing = (user: User): ReturnType<typeof sessionOf> =>
  sessionOf(user, { aal: 'pending', amr: ['pwd'], next: 'mfa-verify' })

/** The code that an app shows now, or so many steps of 30 s away. */
export const codeOf = (secret: string, steps = 0): string =>
  generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 })

/** Any six digits but those that an app shows around now. */
export function wrongCode(secret: string): string {
  const right = new Set([-2, -1, 0, 1, 2].map(step => codeOf(secret, step)))
  for (let code = 0; ; code++) {
    const text = String(code).padStart(6, '0')
    if (!right.has(text)) return text
  }
}

/**
 * Sets up an authenticator from a session that has shown its password. The code that enables it is that of the step before, so that the
 * present one has not been used.
 */
export async function enrol(pending: Client): Promise<{ client: Client; secret: string; backupCodes: string[] }> {
  const { body: enrolment } = await pending.call('mfa.setup')
  const enabled = await at(Date.now(), () =>
    pending.call('mfa.enable', { body: { code: codeOf(enrolment.secret, -1) } }),
  )
  expect(enabled.status).toBe(200)
  return { client: clientOf(pending.user, enabled), secret: enrolment.secret, backupCodes: enabled.body.backupCodes }
}

/** Changes fields of a user, as an administrator's action would. */
export const changeUser = ({ practiceId, userId }: User, change: Partial<User>) =>
  table.send(
    new UpdateCommand({
      TableName: place.environment.TABLE_NAME,
      Key: userKey(practiceId, userId),
      UpdateExpression: `SET ${Object.keys(change)
        .map(name => `#${name} = :${name}`)
        .join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(Object.keys(change).map(name => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(Object.entries(change).map(([name, value]) => [`:${name}`, value])),
    }),
  )

/** An account at a provider that has been linked to a user, without the way there. */
export async function linked(user: User, provider: string, issuer: string, subject: string) {
  const { practiceId, practiceSlug, userId } = user
  const now = new Date().toJSON()
  const identity = {
    identityId: idsAt(now)('idn'),
    practiceId,
    practiceSlug,
    userId,
    provider,
    subjectHash: subjectHashOf({ issuer, subject }),
    linkedAt: now,
    version: 1,
  }
  const { link } = identities({ now, signal: AbortSignal.timeout(10_000) })
  await plant(link(identity).request.Item as Record<string, unknown>)
  return identity
}
/** What a practice's people were told of, in order. */
export const noticesOf = async ({ practice }: TestPractice): Promise<string[]> =>
  (await itemsLike(`NOTICE#${practice.practiceId}#`))
    .sort((a, b) => (`${a.createdAt}${a.noticeId}` < `${b.createdAt}${b.noticeId}` ? -1 : 1))
    .map(({ kind }) => String(kind))

/** The code of the text message that was last sent to somebody, made as its delivery makes it. */
export async function textedCode({ practiceId, userId }: User): Promise<string> {
  const texts = (await itemsLike(`NOTICE#${practiceId}#`)).filter(
    notice => notice.kind === 'sms-code' && notice.userId === userId,
  )
  const last = texts.sort((a, b) => (`${a.createdAt}${a.noticeId}` < `${b.createdAt}${b.noticeId}` ? -1 : 1)).at(-1)
  if (!last) throw new Error('no text message was sent')
  return links().code('sms', last.ticketId as TicketId)
}

/** A patient with an app and, beside it, a phone that gets codes. */
export async function withPhone(practice: TestPractice, phone = freshPhone()) {
  const { client: enrolled, secret, backupCodes } = await enrol(await practice.as('patient', 'aal1'))
  const { patient } = practice.users
  const setUp = await enrolled.call('mfa.sms-setup', { body: { phone } })
  expect(setUp.status).toBe(200)
  const body = { code: await textedCode(patient), riskAccepted: true }
  const enabled = await enrolled.call('mfa.sms-enable', { body })
  expect(enabled.status).toBe(200)
  return { client: clientOf(patient, enabled), user: patient, phone, secret, backupCodes }
}

/** A number that nobody has texted: the caps of a number count over the whole table, which all tests share. */
export const freshPhone = (): string => `971${randomInt(2_000_000, 10_000_000)}`

/** Lets the minute pass that must lie between two texts. */
export const rested = ({ practiceId, userId }: User) =>
  table.send(
    new UpdateCommand({
      TableName: place.environment.TABLE_NAME,
      Key: { pk: `FACTOR#${practiceId}#${userId}`, sk: 'SMS' },
      UpdateExpression: 'SET sentAt = :before',
      ExpressionAttributeValues: { ':before': new Date(Date.now() - 60_000).toJSON() },
    }),
  )
