import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { expect } from 'vitest'
import { catalogue, type Entry, isAction } from '../../functions/catalogue.ts'
import { wallTimeOf } from '../../shared/domain/scheduling/wallTime.ts'
import { type Action, acceptsBearer } from '../../shared/kernel/action.ts'
import { mayDo } from '../../shared/kernel/permissions.ts'
import { problemStatus, problemTitle, standardProblems } from '../../shared/kernel/problem.ts'
import { idsAt, randomText, randomToken } from '../../shared/kernel/random.ts'
import { isSafe, splitRoute } from '../../shared/kernel/route.ts'
import type { AuditEvent } from '../../shared/schema/audit.ts'
import { Role } from '../../shared/schema/identity.ts'
import type { PatientId } from '../../shared/schema/ids.ts'
import { dayKeys } from '../../shared/store/audit.ts'
import { findingEntity } from '../../shared/store/auditReviews.ts'
import { exports } from '../../shared/store/exports.ts'
import { passkeyEntity } from '../../shared/store/passkeys.ts'
import { recordExports } from '../../shared/store/recordExports.ts'
import { linked, sessionOf } from '../harness/identity.ts'
import {
  type Answer,
  type Call,
  call,
  freshAddress,
  itemsAt,
  plant,
  type TestPractice,
  unplant,
} from '../harness/index.ts'

/** Every action, also those that will be added: what is generated here holds for them all. */
export const actions: Entry<Action>[] = (await catalogue()).filter(isAction)

/** Those that ask for a session. */
export const guarded = actions.filter(({ declaration }) => declaration.allow !== 'anyone')

/** Those that programs and apps may call. */
export const open = guarded.filter(({ declaration }) => acceptsBearer(declaration))

export const changes = ({ declaration: { route } }: Entry<Action>): boolean => !isSafe(splitRoute(route).method)

/** Whether a role that is fully signed in may call an action. */
export const allows = ({ declaration: { allow } }: Entry<Action>, role: Role): boolean =>
  allow === 'anyone' || allow === 'signed-in' || allow === 'pending-mfa' || mayDo(role, allow)

/** A role that may call an action: whoever does most of such work comes first. */
export function callerOf(entry: Entry<Action>): Role {
  const order: Role[] = ['practitioner', 'admin', 'biller', 'front-desk', 'supervisor', 'auditor', 'patient']
  const role = order.find(one => allows(entry, one))
  if (!role) throw new Error(`no role may call ${entry.id}`)
  return role
}

/** Gives callers their whole allowance again: they ask more here than anybody does. */
export async function rest(
  { users }: TestPractice,
  entry: Entry<Action>,
  who: readonly Role[] = [callerOf(entry)],
): Promise<void> {
  for (const role of who) {
    const counted = await itemsAt(`LIMIT#${entry.declaration.limit}#${users[role].userId}`)
    for (const { pk, sk } of counted) await unplant({ pk, sk })
  }
}

/** Records of one patient, by the prefix of their ids. */
export type Ids = Record<string, string>

/**
 * One record of every kind that a sample can name: a visit that began ten minutes ago, with its video session, for which its
 * patient waits, and a claim for one of yesterday.
 */
export async function furnish(practice: TestPractice, patient = 0): Promise<Ids> {
  const admin = await practice.as('admin')
  const must = async (id: string, request: Call) => {
    const { status, body } = await admin.call(id, request)
    if (status >= 300) throw new Error(`${id} answered ${status} ${body.code} ${JSON.stringify(body.errors)}`)
    return body
  }
  const { patientId = '', coverage } = practice.patients[patient] ?? {}
  const { practitionerId = '', zone, availability } = practice.practitioners[0] ?? {}
  // A sample that was called before may have left office hours, and this is at any hour.
  await must('practitioners.set-availability', { params: { practitionerId }, body: { zone, availability } })
  const book = (minutesAgo: number) => {
    const grid = 5 * 60_000
    const moment = Math.floor(Date.now() / grid) * grid - (minutesAgo + patient * 60) * 60_000
    const start = wallTimeOf(new Date(moment).toJSON(), 'America/Los_Angeles')
    return must('appointments.create', {
      body: { patientId, practitionerId, start, minutes: 50, modality: 'telehealth' },
    })
  }

  const { appointmentId } = await book(10)
  const { telehealthId } = await must('telehealth.create', { params: { appointmentId } })
  const past = await book(24 * 60)
  await must('appointments.complete', { params: { appointmentId: past.appointmentId } })
  const { content } = sampleOf('claims.create').body as { content: { lines: object[] } }
  const date = past.start.slice(0, 10)
  const { claimId } = await must('claims.create', {
    body: {
      appointmentId: past.appointmentId,
      patientId,
      coverageId: coverage?.coverageId,
      renderingPractitionerId: practitionerId,
      content: { ...content, lines: content.lines.map(line => ({ ...line, date })) },
    },
  })
  const { breakGlassId } = (
    await (
      await practice.as('practitioner')
    ).call('breakglass.start', {
      body: { ...(sampleOf('breakglass.start').body as object), patientId },
    })
  ).body
  const { amendmentId } = await must('amendments.request', {
    params: { patientId },
    body: sampleOf('amendments.request').body,
  })
  const { erasureId } = await must('erasures.request', { params: { patientId } })
  const therapist = await practice.as('practitioner')
  const [psychotherapy, substanceUse] = await Promise.all(
    ['psychotherapy.create', 'substanceuse.create'].map(async id => {
      const { status, body } = await therapist.call(id, { params: { patientId }, body: sampleOf(id).body })
      if (status !== 201) throw new Error(`${id} answered ${status} ${body.code}`)
      return body.noteId as string
    }),
  )
  const { keyId } = await must('apikeys.create', { body: sampleOf('apikeys.create').body })
  const { userId: usr } = practice.users.patient
  const { identityId } = await linked(
    practice.users.practitioner,
    'facebook',
    'https://www.facebook.com',
    randomText(10),
  )
  // Of whoever calls what everybody may: their sign-in and the browser that they trust.
  const caller = await sessionOf(practice.users.practitioner)
  const trusted = await caller.call('devices.trust')
  return {
    prc: practice.practice.practiceId,
    pat: patientId,
    prn: practitionerId,
    cov: coverage?.coverageId ?? '',
    apt: appointmentId,
    clm: claimId,
    tel: telehealthId,
    key: keyId,
    psk: await plantPasskey(practice),
    fnd: await plantFinding(practice),
    exp: await plantExport(practice),
    rex: await plantRecordExport(practice, patientId as PatientId),
    usr,
    idn: identityId,
    ses: caller.session.sessionId,
    dev: trusted.body.deviceId,
    bgl: breakGlassId,
    amd: amendmentId,
    ers: erasureId,
    psn: psychotherapy ?? '',
    sun: substanceUse ?? '',
  }
}

/** A finding of the day that the samples name, of somebody who reviews nothing. */
async function plantFinding({ practice: { practiceId }, users }: TestPractice): Promise<string> {
  const now = new Date().toJSON()
  const finding = {
    findingId: idsAt(now)('fnd'),
    practiceId,
    day: '2026-11-22',
    kind: 'after-hours' as const,
    actor: { type: 'user' as const, id: users.biller.userId },
    count: 5,
    from: '2026-11-23T05:00:00.000Z',
    to: '2026-11-23T06:00:00.000Z',
    events: [],
    status: 'open' as const,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
  await plant({ ...findingEntity.keys(finding), ...finding })
  return finding.findingId
}

/** An export of the practice that is done. */
async function plantExport({ practice: { practiceId }, users }: TestPractice): Promise<string> {
  const now = new Date().toJSON()
  const binding = {
    actor: { type: 'system', id: 'test', practiceId } as const,
    practiceId,
    now,
    signal: new AbortController().signal,
  }
  const request = {
    kind: 'audit',
    format: 'csv',
    from: '2026-11-01T00:00:00.000Z',
    to: '2026-11-02T00:00:00.000Z',
  } as const
  const { job } = exports(binding).start(idsAt(now)('exp'), request, users.admin.userId)
  await plant(exports(binding).done(job).request.Item as Record<string, unknown>)
  return job.exportId
}

/** A copy of a patient's record for the practice, which is done. */
async function plantRecordExport({ practice: { practiceId }, users }: TestPractice, patientId: PatientId) {
  const now = new Date().toJSON()
  const binding = {
    actor: { type: 'system', id: 'test', practiceId } as const,
    practiceId,
    now,
    signal: new AbortController().signal,
  }
  const asked = { patientId, audience: 'practice', requestedBy: users.admin.userId, total: 12 } as const
  const { job } = recordExports(binding).order(undefined, { exportId: idsAt(now)('rex'), ...asked })
  await plant(recordExports(binding).done(job, 1_000).request.Item as Record<string, unknown>)
  return job.exportId as string
}

/** A passkey of whoever calls most actions. Nobody has its key. */
async function plantPasskey({ users }: TestPractice): Promise<string> {
  const { practiceId, userId } = users.practitioner
  const now = new Date().toJSON()
  const passkey = {
    passkeyId: idsAt(now)('psk'),
    practiceId,
    userId,
    credentialId: randomToken(),
    publicKey: randomToken(),
    counter: 0,
    transports: ['internal'],
    backupEligible: false,
    backedUp: false,
    label: 'My phone',
    createdAt: now,
    version: 1,
  }
  await plant({ ...passkeyEntity.keys(passkey), ...passkey })
  return passkey.passkeyId
}

export interface Sample {
  params: Record<string, string>
  query: Record<string, string>
  body: unknown
}

/** The request of an action's event sample, as it stands. */
export function sampleOf(id: string): Sample {
  const file = resolve(import.meta.dirname, '..', '..', 'events', ...id.split('.')).concat('.json')
  const event = JSON.parse(readFileSync(file, 'utf8')) as APIGatewayProxyEventV2
  return {
    params: (event.pathParameters ?? {}) as Record<string, string>,
    query: (event.queryStringParameters ?? {}) as Record<string, string>,
    body: event.body === undefined ? undefined : bodyOf(event.headers['content-type'], event.body),
  }
}

/** A body as the client meant it: JSON, or a form. */
export const bodyOf = (type: string | undefined, body: string): unknown =>
  type === 'application/x-www-form-urlencoded' ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body)

const anyId =
  /\b(psn|sun|prc|usr|pat|prn|cov|apt|clm|tel|key|idn|psk|ses|dev|bgl|cns|dis|amd|fnd|exp|rex|ers)_[0-9A-Z]{20}\b/g

/** The prefixes of the ids that a sample names. */
export const prefixesIn = (sample: Sample): string[] => [
  ...new Set([...JSON.stringify(sample).matchAll(anyId)].map(([, prefix = '']) => prefix)),
]

/** A sample about the records of a practice. */
export const about = (sample: Sample, ids: Ids): Sample =>
  JSON.parse(JSON.stringify(sample).replace(anyId, (id, prefix: string) => ids[prefix] ?? id)) as Sample

/** An action's sample about a practice: what it would take if nothing else stood against it. */
export function requestOf({ id }: Entry<Action>, practice: TestPractice, ids: Ids): Sample {
  const sample = about(sampleOf(id), ids)
  if (id !== 'auth.login' && id !== 'passwords.forgot') return sample
  const { practiceSlug, email } = practice.users.patient
  return { ...sample, body: { ...(sample.body as object), practice: practiceSlug, email } }
}

/** Sends a request as a session, or as nobody, from an address of its own. */
export const send = (id: string, request: Call, token?: string): Promise<Answer> =>
  call(id, { sourceIp: freshAddress(), ...(token !== undefined && { token }), ...request })

/** What every answer of an action must be, whatever it says. Answers the problem's code, if it is one. */
export function expectWellFormed({ declaration, id }: Entry<Action>, answer: Answer): string | undefined {
  const { status, headers, body } = answer
  expect(headers, id).toMatchObject({
    'cache-control':
      status < 400 && declaration.reply.cache ? `public, max-age=${declaration.reply.cache}` : 'no-store',
    'strict-transport-security': expect.stringMatching(/max-age=(3153[6-9]|[4-9]\d{4,}|\d{9,}).*includeSubDomains/),
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.stringMatching(/^\S{8,}$/),
  })
  if (status < 400) {
    expect(status, id).toBe(declaration.reply.status)
    return undefined
  }
  // RFC 9457 §3.1.
  expect(headers['content-type'], id).toBe('application/problem+json')
  const { errors, error, ...problem } = body
  expect(problem, id).toEqual({
    type: `urn:problem:${body.code}`,
    title: problemTitle(body.code),
    status,
    code: body.code,
    instance: `urn:request:${headers['x-request-id']}`,
  })
  // RFC 6749 §5.2, of what OAuth's own clients call.
  expect(error === undefined, id).toBe(!declaration.problems.includes('invalid-client'))
  expect(status, id).toBe(problemStatus(body.code))
  expect([...declaration.problems, ...standardProblems], id).toContain(body.code)
  for (const error of errors ?? []) {
    expect(error, id).toEqual({ path: expect.any(String), message: expect.any(String) })
  }
  if (status === 401 || status >= 500) expect(errors, id).toBeUndefined()
  return body.code
}

/** Denials that the trail must hold, kept until all of them are looked for at once. */
export class Denials {
  readonly #kept: { entry: Entry<Action>; answer: Answer }[] = []

  keep(entry: Entry<Action>, ...answers: Answer[]): void {
    if (entry.declaration.audit) this.#kept.push(...answers.map(answer => ({ entry, answer })))
  }

  /** Each has one record, in the practice's own part or, before a practice was known, in the platform's. */
  async expectRecorded(practiceId: string): Promise<void> {
    expect(this.#kept.length).toBeGreaterThan(0)
    const records = Map.groupBy(
      (await Promise.all([trailOf(practiceId), trailOf('platform')])).flat(),
      ({ requestId }) => requestId,
    )
    for (const { entry, answer } of this.#kept) {
      const { status, headers, body } = answer
      expect(records.get(headers['x-request-id'] ?? ''), `the record of ${entry.id} ${status}`).toEqual([
        expect.objectContaining({ name: entry.id, outcome: 'denied', status, reason: body.code }),
      ])
    }
  }
}

/** Today's trail of a practice, and yesterday's: a test may run at midnight. */
async function trailOf(practiceId: string): Promise<AuditEvent[]> {
  const days = [0, 1].map(ago => new Date(Date.now() - ago * 86_400_000).toJSON().slice(0, 10))
  const shards = days.flatMap(day => dayKeys(practiceId, day))
  return (await Promise.all(shards.map(shard => itemsAt(shard)))).flat() as unknown as AuditEvent[]
}

export const roles = Role.options
