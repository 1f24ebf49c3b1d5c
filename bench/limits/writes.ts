import { catalogue, isAction } from '../../functions/catalogue.ts'
import { accountOf } from '../../shared/domain/gate.ts'
import { addressSubject, placesOf, type QuotaName } from '../../shared/domain/quotas.ts'
import type { Action } from '../../shared/kernel/action.ts'
import { idsAt, randomToken } from '../../shared/kernel/random.ts'
import { isSafe, splitRoute } from '../../shared/kernel/route.ts'
import { recordOf } from '../../shared/pipeline/trail.ts'
import type { User } from '../../shared/schema/identity.ts'
import type { PatientId } from '../../shared/schema/ids.ts'
import { gateKey } from '../../shared/store/attempt.ts'
import { auditItem } from '../../shared/store/audit.ts'
import { limitKey } from '../../shared/store/limits.ts'
import { sessions } from '../../shared/store/sessions.ts'
import { traffic } from './traffic.ts'

/** An item that is written so many times a second; `transaction` costs the table, but no index, twice as much. */
export interface Written {
  item: Record<string, unknown>
  perSecond: number
  transaction?: boolean
}

const now = '2026-11-23T17:09:30.000Z'
const ms = Date.parse(now)
const signal = new AbortController().signal
const newId = idsAt(now)
const client =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'

/** One user stands for ten of their practice: what they share is as it would be, what is theirs alone is tenfold. */
const standsFor = 10

/** All writes of limiter, gate, sessions and audit trail, user by user, at the keys that the stores themselves make. */
export async function* writes(): AsyncGenerator<Written> {
  // The stores name their table in what they build; no table is asked.
  process.env.TABLE_NAME ??= 'haven-bench'
  const entries = new Map((await catalogue()).filter(isAction).map(({ id, declaration }) => [id, declaration]))
  const practices = Array.from({ length: traffic.practices }, () => ({
    practiceId: newId('prc'),
    patients: Array.from({ length: traffic.patientsOfPractice }, () => newId('pat')),
  }))
  for (let index = 0; index < traffic.users; index += standsFor) {
    const practice = practices[practiceOf(index)] as Practice
    const user = userOf(practice.practiceId)
    const office = Math.floor(index / traffic.usersOfAddress)
    const address = `10.${office >> 16}.${(office >> 8) % 256}.${office % 256}`
    for (const written of [
      ...requestsOf(user, address, entries, practice),
      ...sessionsOf(user, address),
      ...signInOf(user, address),
    ])
      yield { ...written, perSecond: written.perSecond * standsFor }
  }
  for (let index = 0; index < traffic.attack * 10; index++) yield* attackOf(index)
}

type Practice = { practiceId: User['practiceId']; patients: PatientId[] }

/** The first two thousand are those of the largest practice; the rest are spread over the others. */
const practiceOf = (index: number): number =>
  index < traffic.largestPractice ? 0 : 1 + ((index / standsFor) % (traffic.practices - 1))

const userOf = (practiceId: User['practiceId']): User => ({
  userId: newId('usr'),
  practiceId,
  practiceSlug: `p-${practiceId.slice(4, 24).toLowerCase()}`,
  email: `${randomToken()}@practice.example`,
  role: 'practitioner',
  practitionerId: newId('prn'),
  status: 'active',
  sessionEpoch: 3,
  factors: ['totp'],
  createdAt: now,
  updatedAt: now,
  version: 9,
})

function* requestsOf(user: User, address: string, entries: Map<string, Action>, { patients }: Practice) {
  for (const [id, { part, tellsOf }] of Object.entries(traffic.mix)) {
    const declaration = entries.get(id)
    if (!declaration) throw new Error(`there is no ${id}`)
    const perSecond = part / 100 / traffic.secondsBetweenRequests
    const safe = isSafe(splitRoute(declaration.route).method)
    yield* counted(safe ? 'read' : 'write', user.userId, perSecond)
    const { audit } = declaration
    if (!audit) continue
    // A look has a record for each patient of whom it tells, a change has one.
    for (let count = 0; count < (safe ? Math.max(1, tellsOf) : 1); count++) {
      const patientId = tellsOf > 0 ? patients[(user.userId.charCodeAt(23) * 31 + count) % patients.length] : undefined
      yield { item: record(id, audit, user, address, patientId), perSecond, transaction: !safe }
    }
  }
}

function* sessionsOf(user: User, address: string): Generator<Written> {
  const item = sessionOf(user, address)
  yield { item, perSecond: 1 / traffic.secondsBetweenSlides }
  // A refresh writes the old token and the new one.
  for (const each of [item, sessionOf(user, address)]) {
    yield { item: each, perSecond: 1 / traffic.secondsBetweenRefreshes, transaction: true }
  }
}

function* signInOf(user: User, address: string): Generator<Written> {
  const perSecond = 1 / traffic.secondsOfSignIn
  const pending = sessionOf(user, address)
  yield* counted('credential', addressSubject(address), perSecond)
  yield* counted('write', user.userId, perSecond)
  for (const name of ['mfa-challenge', 'mfa-day'] as const) yield* counted(name, user.userId, perSecond)
  const gate = { ...gateKey(accountOf(user.practiceSlug, user.email), now.slice(0, 10)), failures: 1, lastAt: ms }
  yield { item: gate, perSecond }
  yield { item: gate, perSecond, transaction: true }
  // What owes a code is written and removed; what has shown it is written.
  for (const item of [pending, pending, sessionOf(user, address)]) yield { item, perSecond, transaction: true }
  for (const name of ['auth.login', 'mfa.verify']) {
    const audit = { action: 'E', entity: 'Session/{sessionId}' } as const
    yield { item: record(name, audit, user, address), perSecond, transaction: true }
  }
}

/** A tenth of one of the attacker's attempts a second: at an account that nobody has, from an address of its own. */
function* attackOf(index: number): Generator<Written> {
  const perSecond = 0.1
  const address = `2001:db8:${index.toString(16)}::1`
  yield* counted('credential', addressSubject(address), perSecond)
  const account = accountOf(`p-${index % traffic.practices}`, `${randomToken()}@nowhere.example`)
  yield { item: { ...gateKey(account, now.slice(0, 10)), failures: 1, lastAt: ms }, perSecond }
  const event = recordOf(
    {
      ...deed('auth.login', { action: 'E', entity: 'Session/{sessionId}' }, address),
      actor: { type: 'anonymous' },
      facts: {},
    },
    { outcome: 'denied', status: 401, reason: 'credentials-refused' },
  )
  yield { item: auditItem({ ...event, ...link, auditEventId: newId('aud') }), perSecond }
}

function* counted(name: QuotaName, subject: string, perSecond: number): Generator<Written> {
  for (const { page } of placesOf(name, ms))
    yield { item: { ...limitKey(name, subject, page), n1: 1, ttl: 1 }, perSecond }
}

const sessionOf = (user: User, address: string): Record<string, unknown> =>
  sessions({ now, signal, source: { address, client } }).open(user, newId('ses'), {
    aal: 'aal2',
    amr: ['pwd', 'otp'],
    next: 'none',
    verifiedAt: now,
  }).write.request.Item as Record<string, unknown>

/** A place in a chain: its length alone counts here. */
const link = { chain: '0'.repeat(20), sequence: 0, hash: '0'.repeat(43) }

type Audit = Parameters<typeof recordOf>[0]['audit']

const deed = (name: string, audit: Audit, address: string) => ({
  name,
  audit,
  params: {},
  address,
  client,
  requestId: 'JKJaXmPLvHcESHA=',
  startedAt: Date.now(),
})

function record(name: string, audit: Audit, user: User, address: string, patientId?: PatientId) {
  const { userId, practiceId, role } = user
  const sessionId = newId('ses')
  const actor = { type: 'user', userId, practiceId, role, sessionId, aal: 'aal2', amr: ['pwd', 'otp'] } as const
  const ids = { appointmentId: newId('apt'), claimId: newId('clm'), telehealthId: newId('tel'), sessionId }
  const facts = { ...ids, ...(patientId && { patientId }) }
  const event = recordOf(
    { ...deed(name, audit, address), actor: { ...actor, amr: [...actor.amr] }, facts },
    {
      outcome: 'success',
      status: 200,
    },
  )
  return auditItem({ ...event, ...link })
}
