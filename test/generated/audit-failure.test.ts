import { beforeAll, describe, expect, it } from 'vitest'
import { wallTimeOf } from '../../shared/domain/scheduling/wallTime.ts'
import type { NoticeKind } from '../../shared/schema/notices.ts'
import { askedToRegister, askedToShow, askedToSignIn, withPasskey } from '../functions/passkeys/fixture.ts'
import { Authenticator } from '../harness/authenticator.ts'
import { appOf, ensureSigning, keyOf } from '../harness/clients.ts'
import { auditWritesOf, withoutAudit } from '../harness/faults.ts'
import { codeOf, enrol, freshPhone, owing, realHash, rested, textedCode, withPhone } from '../harness/identity.ts'
import { type Answer, itemsOf, newPractice, password, type TestPractice } from '../harness/index.ts'
import { tokenOf } from '../harness/letters.ts'
import { outputOf } from '../harness/output.ts'
import {
  actions,
  callerOf,
  changes,
  expectWellFormed,
  furnish,
  type Ids,
  requestOf,
  type Sample,
  send,
} from './samples.ts'

let hash: string
beforeAll(async () => {
  hash = await realHash()
})

// What a redirect ends has been used up by the first try, so it has a test of its own: `federation.callback`.
const audited = actions.filter(({ declaration }) => declaration.audit && declaration.reply.status !== 303)

/** Everything of a practice that counts: attempts are counted and a session's deadline moves without a record. */
const stored = async ({ practice }: TestPractice) =>
  (await itemsOf(practice.practiceId))
    .filter(({ pk }) => !String(pk).startsWith('LIMIT#'))
    .map(({ failures: _failures, idleExpiresAt: _idle, ...item }) => item)

/** Sends a request while no audit record can be written; answers what was refused and what was said of it. */
async function sendUnrecorded(entry: (typeof audited)[number], request: Sample, token: string | undefined) {
  const outcomes: Awaited<ReturnType<typeof withoutAudit<Answer>>>[] = []
  const output = await outputOf(async () => outcomes.push(await withoutAudit(() => send(entry.id, request, token))))
  const [{ result: answer, refused }] = outcomes as [(typeof outcomes)[number]]
  expectWellFormed(entry, answer)
  expect(answer.cookies).toEqual([])
  expect(answer.status).toBeGreaterThanOrEqual(500)
  expect(refused).toBeGreaterThan(0)
  return { answer, refused, output }
}

/**
 * The very same request succeeds when the trail can be written: nothing else stood against it. A change then carries its record in
 * its own transaction, and a read writes one for each patient of whom it tells, or one.
 */
async function expectSuccess(
  { id, declaration }: (typeof audited)[number],
  request: Sample,
  token: string | undefined,
  practice: TestPractice,
) {
  const { result: answer, writes } = await auditWritesOf(() => send(id, request, token))
  expect([answer.status, answer.body.code]).toEqual([declaration.reply.status, undefined])
  const told = writes.length === 1 ? 1 : (await practice.recordsOf(answer)).filter(({ patientId }) => patientId).length
  const isChange = writes.some(({ transaction }) => transaction)
  expect(writes).toEqual(Array(isChange ? 1 : told).fill({ transaction: isChange, records: 1 }))
}

describe('while no audit record can be written', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it.each(audited.filter(entry => !changes(entry)))('503 of $declaration.route, and shows nothing', async entry => {
    const { request, token } = await ready(entry.id, practice)
    const { answer, refused, output } = await sendUnrecorded(entry, request, token)
    expect([answer.status, answer.body.code]).toEqual([503, 'audit-unavailable'])
    expect(answer.headers['retry-after']).toBe('5')
    // Three tries at the records of the read, and one at that of the refusal.
    expect(refused).toBeGreaterThanOrEqual(4)
    expect(output).toContain('AUDIT UNAVAILABLE')
    expect(output).toContain('AuditUnavailable')
    expect(await practice.recordsOf(answer)).toEqual([])
    await expectSuccess(entry, request, token, practice)
  })

  it.each(audited.filter(changes))('5xx of $declaration.route, and changes nothing', async entry => {
    const own = await newPractice({ passwordHash: hash })
    const { request, token } = await ready(entry.id, own)
    const before = await stored(own)
    const { output } = await sendUnrecorded(entry, request, token)
    expect(await stored(own)).toEqual(before)
    expect(output).toContain('denial not recorded')
    expect(output).toContain('DenialNotRecorded')
    await expectSuccess(entry, request, token, own)
  })
})

/** A patient to whose phone the first code is on its way. */
async function textedFirst(practice: TestPractice) {
  const { client } = await enrol(await practice.as('patient', 'aal1'))
  await client.call('mfa.sms-setup', { body: { phone: freshPhone() } })
  return { client, user: practice.users.patient }
}

/** What asks for the link that an action needs, and the kind of notice that carries it. */
const links: Record<string, readonly [ask: string, kind: NoticeKind]> = {
  'accounts.register': ['accounts.invite', 'invitation'],
  'accounts.confirm-email': ['accounts.change-email', 'email-confirmation'],
  'accounts.undo': ['passwords.change', 'password-changed'],
  'passwords.reset': ['passwords.forgot', 'password-reset'],
}

/** The request with a link that was really sent. */
async function linked(request: Sample, practice: TestPractice, ids: Ids, [ask, kind]: readonly [string, NoticeKind]) {
  const entry = audited.find(one => one.id === ask) as (typeof audited)[number]
  const asked = ask === 'passwords.change' ? (await ready(ask, practice)).request : requestOf(entry, practice, ids)
  const { status, body } = await send(ask, asked, (await own(entry, practice)).token)
  expect([status, body.code]).toEqual([entry.declaration.reply.status, undefined])
  const token = await tokenOf(practice.practice.practiceId, kind)
  return { ...request, body: { ...(request.body as object), token } }
}

const own = async (entry: (typeof audited)[number], practice: TestPractice) =>
  entry.declaration.allow === 'anyone' ? {} : { token: (await practice.as(callerOf(entry))).token }

const furnished = new Map<string, Promise<Ids>>()

/** Reads can share what is furnished; a second furnishing would find the times taken. */
function furnishedOnce(practice: TestPractice): Promise<Ids> {
  const known = furnished.get(practice.practice.practiceId) ?? furnish(practice)
  furnished.set(practice.practice.practiceId, known)
  return known
}

/** A request that would succeed, and the session that it needs. */
async function ready(id: string, practice: TestPractice): Promise<{ request: Sample; token?: string }> {
  const entry = audited.find(one => one.id === id) as (typeof audited)[number]
  const ids = await furnishedOnce(practice)
  const request = requestOf(entry, practice, ids)
  if (links[id]) return { request: await linked(request, practice, ids, links[id]), ...(await own(entry, practice)) }
  if (id === 'passwords.change') {
    const body = { ...(request.body as object), currentPassword: password }
    return { request: { ...request, body }, ...(await own(entry, practice)) }
  }
  if (id === 'users.set-role') {
    const params = { userId: practice.users.biller.userId }
    return { request: { ...request, params }, token: (await practice.as('admin')).token }
  }
  if (id === 'breakglass.review') {
    const params = { ...request.params, userId: practice.users.practitioner.userId }
    return { request: { ...request, params }, token: (await practice.as('admin')).token }
  }
  if (id === 'auth.login') return { request: { ...request, body: { ...(request.body as object), password } } }
  if (id === 'mfa.setup' || id === 'mfa.enable') {
    const pending = await practice.as('supervisor', 'pending')
    if (id === 'mfa.setup') return { request, token: pending.token }
    const { body } = await pending.call('mfa.setup')
    return { request: { ...request, body: { code: codeOf(body.secret) } }, token: pending.token }
  }
  if (id === 'mfa.sms-setup' || id === 'mfa.disable') {
    const { client } = await enrol(await practice.as('patient', 'aal1'))
    return { request, token: client.token }
  }
  if (id === 'mfa.sms-enable') {
    const { client, user } = await textedFirst(practice)
    return { request: { ...request, body: { code: await textedCode(user), riskAccepted: true } }, token: client.token }
  }
  if (id === 'mfa.sms-disable') {
    const { client } = await withPhone(practice)
    return { request, token: client.token }
  }
  if (id === 'mfa.sms-send' || id === 'mfa.sms-verify') {
    const { user } = await withPhone(practice)
    await rested(user)
    const pending = await owing(user)
    if (id === 'mfa.sms-send') return { request, token: pending.token }
    await pending.call('mfa.sms-send')
    return { request: { ...request, body: { code: await textedCode(user) } }, token: pending.token }
  }
  if (id === 'mfa.step-up' || id === 'mfa.regenerate-backup-codes') {
    const { client, backupCodes } = await enrol(await practice.as('supervisor', 'pending'))
    const body = id === 'mfa.step-up' ? { code: backupCodes[0] } : request.body
    return { request: { ...request, body }, token: client.token }
  }
  if (id === 'mfa.verify') {
    const { backupCodes } = await enrol(await practice.as('supervisor', 'pending'))
    const { token } = await owing(practice.users.supervisor)
    return { request: { ...request, body: { code: backupCodes[0] } }, token }
  }
  if (id === 'oauth.token') {
    await ensureSigning()
    const { key, secret } = await keyOf(practice, { scopes: ['appointment:read'] })
    return {
      request: { ...request, body: { ...(request.body as object), client_id: key.keyId, client_secret: secret } },
    }
  }
  if (id === 'oauth.revoke') {
    await ensureSigning()
    const { refresh } = await appOf(await practice.as('practitioner'))
    return { request: { ...request, body: { ...(request.body as object), token: refresh } } }
  }
  if (id.startsWith('passkeys.')) return readyForPasskeys(id, practice, request)
  if (id === 'holds.release') {
    const admin = await practice.as('admin')
    await admin.call('holds.place', { params: request.params, body: { reason: 'A suit' } })
  }
  if (id === 'telehealth.admit') {
    const patient = await practice.as('patient')
    await patient.call('telehealth.join', { params: request.params })
  }
  if (id === 'claims.create' || id === 'telehealth.create') {
    // What was furnished has its claim and its session already, so this is of another visit.
    const admin = await practice.as('admin')
    const { body: past } = await admin.call('appointments.get', { params: { appointmentId: ids.apt ?? '' } })
    const { patientId, practitionerId, modality, startsAt, zone } = past
    const start = wallTimeOf(new Date(Date.parse(startsAt) - 2 * 3_600_000).toJSON(), zone)
    const { body: booked } = await admin.call('appointments.create', {
      body: { patientId, practitionerId, modality, minutes: 50, start },
    })
    const params = { appointmentId: booked.appointmentId }
    if (id === 'telehealth.create') return { request: { ...request, params }, token: admin.token }
    await admin.call('appointments.complete', { params })
    return { request: { ...request, body: { ...(request.body as object), ...params } }, token: admin.token }
  }
  return { request, token: (await practice.as(callerOf(entry))).token }
}

/** A ceremony that is about to end well; of other actions, their request as it is. */
async function readyForPasskeys(id: string, practice: TestPractice, request: Sample) {
  if (id === 'passkeys.register') {
    const client = await practice.as('supervisor')
    const options = await askedToRegister(client)
    const credential = new Authenticator().create(options)
    return {
      request: { ...request, body: { ticketId: options.ticketId, label: 'x', credential } },
      token: client.token,
    }
  }
  const answering = /^passkeys\.(login|assert)$/.test(id)
  if (!answering && id !== 'passkeys.remove') return { request, token: (await practice.as('practitioner')).token }
  const { client, authenticator, passkeyId } = await withPasskey(await practice.as('patient', 'aal1'))
  const { token } = client
  if (!answering) return { request: { ...request, params: { passkeyId } }, token }
  const options = id === 'passkeys.login' ? await askedToSignIn() : await askedToShow(client)
  return {
    request: { ...request, body: { ticketId: options.ticketId, credential: authenticator.get(options) } },
    token,
  }
}
