import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ticketOf } from '../../shared/domain/accounts.ts'
import { newFlow } from '../../shared/domain/federation/flow.ts'
import { subjectHashOf } from '../../shared/domain/federation/subject.ts'
import { accountOf } from '../../shared/domain/gate.ts'
import type { Binding } from '../../shared/kernel/port.ts'
import { idsAt, randomToken } from '../../shared/kernel/random.ts'
import { ReviewThresholds } from '../../shared/schema/auditReviews.ts'
import type { Claim } from '../../shared/schema/claims.ts'
import type { Flow } from '../../shared/schema/federation.ts'
import type {
  AmendmentId,
  BreakGlassId,
  ErasureId,
  PsychotherapyNoteId,
  SessionId,
  SubstanceUseNoteId,
  TelehealthId,
  TicketId,
} from '../../shared/schema/ids.ts'
import type { Notice } from '../../shared/schema/notices.ts'
import type { SubmissionMessage } from '../../shared/schema/submissions.ts'
import { agents } from '../../shared/store/agents.ts'
import { amendments } from '../../shared/store/amendments.ts'
import { apiKeys } from '../../shared/store/apiKeys.ts'
import { appointments } from '../../shared/store/appointments.ts'
import { gateKey } from '../../shared/store/attempt.ts'
import { auditTrail } from '../../shared/store/audit.ts'
import { auditReviews } from '../../shared/store/auditReviews.ts'
import { authorizationCodes } from '../../shared/store/authorizationCodes.ts'
import { bearers } from '../../shared/store/bearers.ts'
import { breakGlass } from '../../shared/store/breakGlass.ts'
import { ceremonies } from '../../shared/store/ceremonies.ts'
import { claims } from '../../shared/store/claims.ts'
import { consents } from '../../shared/store/consents.ts'
import { coverages } from '../../shared/store/coverages.ts'
import { credentials } from '../../shared/store/credentials.ts'
import { deviceGate } from '../../shared/store/deviceGate.ts'
import { devices } from '../../shared/store/devices.ts'
import { disclosures } from '../../shared/store/disclosures.ts'
import { emailChanges } from '../../shared/store/emailChanges.ts'
import { erasures } from '../../shared/store/erasures.ts'
import { exports } from '../../shared/store/exports.ts'
import { factors } from '../../shared/store/factors.ts'
import { flows } from '../../shared/store/flows.ts'
import { gate } from '../../shared/store/gate.ts'
import { holdings } from '../../shared/store/holdings.ts'
import { holds } from '../../shared/store/holds.ts'
import { identities } from '../../shared/store/identities.ts'
import { interchanges } from '../../shared/store/interchanges.ts'
import { invitations } from '../../shared/store/invitations.ts'
import { journal } from '../../shared/store/journal.ts'
import { limited, mark, markOf } from '../../shared/store/limited.ts'
import { limits } from '../../shared/store/limits.ts'
import { nativeSessions } from '../../shared/store/nativeSessions.ts'
import { notices } from '../../shared/store/notices.ts'
import { passkeys } from '../../shared/store/passkeys.ts'
import { patients } from '../../shared/store/patients.ts'
import { practices } from '../../shared/store/practices.ts'
import { practitioners } from '../../shared/store/practitioners.ts'
import { psychotherapy } from '../../shared/store/psychotherapy.ts'
import { practiceQuotas } from '../../shared/store/quotas.ts'
import { recordExports } from '../../shared/store/recordExports.ts'
import { resets } from '../../shared/store/resets.ts'
import { restrictions } from '../../shared/store/restrictions.ts'
import { retention } from '../../shared/store/retention.ts'
import { seals } from '../../shared/store/seals.ts'
import { sessions } from '../../shared/store/sessions.ts'
import { signingKeys } from '../../shared/store/signingKeys.ts'
import { smsFactors } from '../../shared/store/smsFactors.ts'
import { outbox } from '../../shared/store/submissions.ts'
import { substanceUse } from '../../shared/store/substanceUse.ts'
import { table as storeTable } from '../../shared/store/table.ts'
import { telehealth } from '../../shared/store/telehealth.ts'
import { texts } from '../../shared/store/texts.ts'
import { tries } from '../../shared/store/tries.ts'
import { undos } from '../../shared/store/undos.ts'
import { users } from '../../shared/store/users.ts'
import { wrappings } from '../../shared/store/wrappings.ts'
import { requestAmendment } from '../functions/amendments/fixture.ts'
import { ago, book } from '../functions/appointments/fixture.ts'
import { breakGlass as openRecord, restrict } from '../functions/breakglass/fixture.ts'
import { draft, submitted, transmit } from '../functions/claims/fixture.ts'
import { disclose } from '../functions/disclosures/fixture.ts'
import { askedToRegister, askedToSignIn, withPasskey } from '../functions/passkeys/fixture.ts'
import { correct } from '../functions/patients/fixture.ts'
import { notesOf, therapy } from '../functions/psychotherapy/fixture.ts'
import { auditEvent } from '../harness/auditEvent.ts'
import type { Authenticator } from '../harness/authenticator.ts'
import { appOf, codeFor, ensureSigning, keyOf } from '../harness/clients.ts'
import { deviceOf, enrol, linked, sessionOf, withPhone } from '../harness/identity.ts'
import { type Client, itemsLike, newPractice, plant, storedItemsLike, type TestPractice } from '../harness/index.ts'
import { builders, entities, patterns, sealedEntities } from './document.ts'

/** Takes every text for a solution. */
const captcha = { check: async (text: string) => text }

/** As if the secret of the keys had been turned long ago. */
const turned = async () => ({ text: JSON.stringify({ id: 'turned', value: 'x', before: [] }), since: new Date(0) })

/** The repositories by their files. */
const repositories = {
  amendments,
  agents,
  apiKeys,
  appointments,
  audit: auditTrail,
  auditReviews,
  authorizationCodes,
  bearers,
  breakGlass,
  ceremonies,
  claims,
  consents,
  coverages,
  devices,
  disclosures,
  emailChanges,
  erasures,
  exports,
  factors,
  credentials,
  deviceGate: () => deviceGate,
  gate: (bound: Binding) => gate(bound, captcha),
  flows,
  holdings,
  holds,
  identities,
  interchanges,
  invitations,
  journal,
  limited,
  limits,
  nativeSessions,
  notices,
  passkeys,
  patients,
  practices,
  practitioners,
  psychotherapy,
  recordExports,
  resets,
  restrictions,
  retention,
  quotas: practiceQuotas,
  seals,
  sessions,
  signingKeys,
  smsFactors,
  submissions: outbox,
  substanceUse,
  telehealth,
  texts,
  tries,
  undos,
  users,
  wrappings: wrappings(turned),
}

/** What the repositories are made of. */
const parts = [
  'attempt',
  'authenticator',
  'chain',
  'entity',
  'expiry',
  'faults',
  'jobs',
  'noteKeys',
  'practice',
  'read',
  'recordSource',
  'sealing',
  'table',
  'tickets',
  'visible',
]

/** Functions of a repository that reach for no table and build no write. */
const pure = ['bearers.isKey', 'bearers.subject', 'sessions.hashOf', 'sessions.subject']

/** One request to the table, as it was made and answered. */
interface Request {
  name: string
  index?: string
  scanned: number
  count: number
  units: number
  bytes: number
}

let practice: TestPractice
let admin: Client
let adminSession: SessionId
let binding: Binding
let requests: Request[] = []

beforeAll(async () => {
  storeTable().middlewareStack.add(
    (next, context) => async args => {
      const input = args.input as Record<string, unknown>
      input.ReturnConsumedCapacity = 'TOTAL'
      const result = await next({ ...args, input })
      requests.push(requestOf(String(context.commandName), input, result.output as unknown as Record<string, unknown>))
      return result
    },
    { step: 'initialize', name: 'watch', priority: 'low' },
  )
})

function requestOf(command: string, input: Record<string, unknown>, output: Record<string, unknown>): Request {
  const responses = Object.values((output.Responses as Record<string, unknown[]> | undefined) ?? {}).flat()
  const items = [output.Item, ...((output.Items as unknown[] | undefined) ?? []), ...responses].filter(Boolean)
  const consumed = [output.ConsumedCapacity ?? []].flat() as { CapacityUnits?: number }[]
  return {
    name: command
      .replace(/Command$/, '')
      .replace(/^(Get|Put|Update|Delete|BatchGet)$/, '$1Item')
      .replace(/Write$/, '$&Items'),
    ...(input.IndexName !== undefined && { index: String(input.IndexName) }),
    scanned: Number(output.ScannedCount ?? items.length),
    count: Number(output.Count ?? items.length),
    units: consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0),
    bytes: Buffer.byteLength(JSON.stringify(items)),
  }
}

describe('the data model', () => {
  let claim: Claim
  let telehealthId: TelehealthId
  let breakGlassId: BreakGlassId
  let amendmentId: AmendmentId
  let erasureId: ErasureId
  let noteIds: string[]
  let authenticator: Authenticator
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
    adminSession = (await admin.call('sessions.current')).body.sessionId
    const { client } = await enrol(await practice.as('supervisor', 'pending'))
    await client.call('mfa.setup')
    await withPhone(practice)
    const enrolled = await withPasskey(await practice.as('front-desk', 'pending'))
    authenticator = enrolled.authenticator
    await askedToRegister(enrolled.client)
    const { practiceId } = practice.practice
    binding = {
      actor: { type: 'system', id: 'test', practiceId },
      practiceId,
      now: new Date().toJSON(),
      signal: AbortSignal.timeout(110_000),
    }
    await wrappings(turned)(binding).finish('an earlier turn')
    for (let day = 4; day < 9; day++) await book(admin, practice, `2030-03-0${day}T09:00`)
    await restrict(practice, { patient: 2 })
    const started = await openRecord(await practice.as('practitioner'), practice.patients[2]!.patientId)
    breakGlassId = started.body.breakGlassId
    const { therapist, patientId } = await therapy(practice)
    noteIds = await Promise.all(
      (['psychotherapy', 'substanceuse'] as const).map(
        async domain => (await notesOf(domain).write(therapist, patientId)).body.noteId,
      ),
    )
    amendmentId = (await requestAmendment(admin, practice.patients[0]!.patientId)).body.amendmentId
    await correct(admin, practice.patients[0]!.patientId, { phone: '5035550188' })
    await disclose(admin, practice.patients[0]!.patientId)
    const one = { params: { patientId: practice.patients[0]!.patientId } }
    erasureId = (await admin.call('erasures.request', one)).body.erasureId
    const asked = (await erasures(binding).find(one.params.patientId, erasureId))!
    const decided = { note: 'Yes', decidedBy: admin.user.userId, decidedAt: binding.now, duties: [], legalHold: false }
    await plant(erasures(binding).grant(asked, decided, '2026-01-01').request.Item as Record<string, unknown>)
    for (const id of ['holds.place', 'holds.release', 'holds.place'])
      await admin.call(id, { ...one, body: { reason: 'A suit' } })
    await admin.call('retention.set', { body: { years: { claims: 12 }, version: 0 } })
    const words = { language: 'en', title: 'Consent', paragraphs: ['I agree.'] }
    const text = { purpose: 'recording', translations: [words], reconsent: true }
    await admin.call('consents.publish-text', { body: text })
    await draft(practice, admin)
    const sent = await submitted(practice, admin)
    claim = sent.claim
    await transmit(sent.message)
    await submitted(practice, admin)
    const { appointmentId } = await book(admin, practice, ago(0), 5)
    const room = await admin.call('telehealth.create', { params: { appointmentId } })
    telehealthId = room.body.telehealthId
    const host = await practice.as('practitioner')
    await host.call('telehealth.join', { params: { telehealthId } })
    await deviceOf(practice.users.patient)
    const sealed = await seals(binding).head()
    await seals(binding).advance(sealed, sealed)
    await linked(practice.users.patient, 'google', google, practice.practice.slug)
    const begun = { practiceSlug: practice.practice.slug, provider: 'google', returnTo: '/', link: linkOf() } as const
    const flow = flows(binding).begin(newFlow(begun, randomToken(), binding.now))
    await plant(flow.request.Item as Record<string, unknown>)
    const told = notices(binding).tell(idsAt(binding.now)('ntc'), practice.users.patient, 'new-device')
    await plant(told.request.Item as Record<string, unknown>)
    const values = { read: 600, write: 240, bulk: 30, 'api-key': 600 }
    await plant(practiceQuotas(binding).set(values, 0).request.Item as Record<string, unknown>)
    const account = accountOf(practice.practice.slug, practice.users.biller.email)
    const entering = gate(binding, captcha)
    for (let count = 0; count < 5; count++) {
      await entering.failed(await entering.admit(account, { captcha: `${practiceId}${count}` }))
    }
    const device = deviceGate.trust(account, randomToken(), new Date(Date.now() + 86_400_000).toJSON())
    await plant(device.request.Item as Record<string, unknown>)
    const store = auditReviews(binding)
    for (const write of [store.setThresholds(reviewed.thresholds), ...store.keep(reviewed, [anomaly])])
      await plant(write.request.Item as Record<string, unknown>)
    await planted()
    for (const write of copied().writes) await plant(write.request.Item as Record<string, unknown>)
    await ensureSigning()
    await keyOf(practice)
    await codeFor(await practice.as('supervisor'))
    for (const write of Object.values(await tickets()).flat())
      await plant(write.request.Item as Record<string, unknown>)
  })

  /** A review of a day that found something. */
  const reviewed = {
    day: '2026-11-22',
    zone: 'America/Los_Angeles',
    from: '2026-11-22T08:00:00.000Z',
    to: '2026-11-23T08:00:00.000Z',
    records: 1,
    thresholds: ReviewThresholds.parse({}),
  }
  const anomaly = {
    kind: 'refusals' as const,
    address: '192.0.2.10',
    count: 9,
    from: reviewed.from,
    to: reviewed.to,
    events: [],
  }
  /** An order of an export, as it is before anybody has taken it. */
  const exported = { exportId: idsAt('2026-11-23T17:00:00.000Z')('exp') }
  const order = () => {
    const request = { kind: 'audit', format: 'csv', from: reviewed.from, to: reviewed.to } as const
    return exports(binding).start(exported.exportId, request, admin.user.userId)
  }
  const planted = async () => {
    const { job, write } = order()
    await plant(write.request.Item as Record<string, unknown>)
    requests = []
    return job
  }
  /** An order of a copy of a record, as it is before anybody has taken it. */
  const copyId = idsAt('2026-11-23T17:00:00.000Z')('rex')
  const copied = () => {
    const patientId = practice.patients[0]!.patientId
    const asked = {
      exportId: copyId,
      patientId,
      audience: 'patient',
      requestedBy: admin.user.userId,
      total: 3,
    } as const
    return recordExports(binding).order(undefined, asked)
  }
  /** A ticket of each kind, and what issues it. */
  const ticket = () => ticketOf(idsAt(binding.now)('tkt'), practice.users.patient, 'undo', binding.now)
  const tickets = async () => {
    const { practiceSlug, email } = practice.users.patient
    const invitation = { ...ticket(), practiceSlug, email: 'new@nowhere.example', role: 'patient' as const }
    return {
      invitations: invitations(binding).issue(invitation),
      resets: resets(binding).issue({ ...ticket(), email }),
      emailChanges: emailChanges(binding).issue({ ...ticket(), from: email, to: 'other@nowhere.example' }),
      undos: undos(binding).issue(ticket()),
    }
  }
  /** The id of a ticket of a kind that lies in the table. */
  const issued = async (kind: keyof Awaited<ReturnType<typeof tickets>>) => {
    const [item] = [(await tickets())[kind]].flat().map(({ request }) => request.Item as Record<string, unknown>)
    await plant(item ?? {})
    requests = []
    return item?.ticketId as TicketId
  }

  describe('has every entity of the document, and no other', () => {
    const own = async (all: Promise<Record<string, unknown>[]> = itemsLike('')) => {
      const { practiceId, slug } = practice.practice
      const mine = new RegExp(`${practiceId}|#${slug}#|^(INTERCHANGE|CONTROL|LIMIT|SEAL|JWK|TEXTS)#`)
      return (await all).filter(item => mine.test(`${item.pk}`) || JSON.stringify(item).includes(practiceId))
    }
    const entityOf = ({ pk, sk }: Record<string, unknown>) =>
      entities.filter(entity => entity.pk.test(String(pk)) && entity.sk.test(String(sk)))

    it('each item is of one of them', async () => {
      for (const item of await own()) {
        expect(
          entityOf(item).map(({ name }) => name),
          `${item.pk} ${item.sk}`,
        ).toHaveLength(1)
      }
    })

    it('each of them is there', async () => {
      const found = new Set((await own()).flatMap(entityOf).map(({ name }) => name))
      expect(entities.map(({ name }) => name).filter(name => !found.has(name))).toEqual([])
    })

    it('each item is in the indexes of its entity, and has a version and a TTL where the document says so', async () => {
      for (const item of await own()) {
        const [entity] = entityOf(item)
        const what = `${entity?.name}: ${item.pk} ${item.sk}`
        for (const index of ['lsi1', 'lsi2']) {
          const place = entity?.local[index]
          const sk = item[`${index}sk`]
          if (place?.sparse && sk === undefined) continue
          expect(String(sk ?? ''), `${what} ${index}`).toMatch(place?.sk ?? /^$/)
        }
        for (const index of ['gsi1', 'gsi2', 'gsi3']) {
          const place = entity?.indexes[index]
          const [pk, sk] = [item[`${index}pk`], item[`${index}sk`]]
          if (place?.sparse && pk === undefined && sk === undefined) continue
          expect(String(pk ?? ''), `${what} ${index}`).toMatch(place?.pk ?? /^$/)
          expect(String(sk ?? ''), `${what} ${index}`).toMatch(place?.sk ?? /^$/)
        }
        const hasTtl = entity?.ttl && !(entity.ttlIsSparse && item.ttl === undefined)
        expect(typeof item.ttl, what).toBe(hasTtl ? 'number' : 'undefined')
        // Limits and interchanges are everybody's: other tests count requests of days long past.
        const isOwn = JSON.stringify(item).includes(practice.practice.practiceId)
        if (hasTtl && isOwn) expect(item.ttl as number, what).toBeGreaterThan(Date.now() / 1000)
        // An audit event tells of the version of what it changed.
        if (entity?.name !== 'Audit event')
          expect(typeof item.version, what).toBe(entity?.versioned ? 'number' : 'undefined')
      }
    })

    it('each item is sealed, but for what the document leaves open, or not at all', async () => {
      const seen = new Set<string>()
      for (const item of await own(storedItemsLike(''))) {
        const [entity] = entityOf(item)
        const open = sealedEntities.get(entity?.name ?? '')
        const what = `${entity?.name}: ${item.pk} ${item.sk}`
        expect(item.box instanceof Uint8Array, what).toBe(open !== undefined)
        if (!open) continue
        seen.add(entity?.name ?? '')
        const fields = Object.keys(item).filter(name => !/^(pk|sk|ttl|box|gsi[123][ps]k)$/.test(name))
        expect(
          fields.filter(name => !open.has(name)),
          what,
        ).toEqual([])
      }
      expect([...seen].sort()).toEqual([...sealedEntities.keys()].sort())
    })
  })

  it('has a row for every function of every repository, and no other', () => {
    const root = resolve(import.meta.dirname, '..', '..', 'shared', 'store')
    const files = readdirSync(root).map(file => file.replace(/\.ts$/, ''))
    expect(files.filter(file => !parts.includes(file)).sort()).toEqual(Object.keys(repositories).sort())
    const functions = Object.entries(repositories).flatMap(([file, repository]) =>
      Object.entries(repository(binding))
        .filter(([, value]) => typeof value === 'function')
        .map(([name]) => `${file}.${name}`),
    )
    const documented = [...patterns.map(({ id }) => id), ...builders, ...pure]
    expect(documented.toSorted()).toEqual(functions.sort())
  })

  it('scans nowhere', () => {
    const root = resolve(import.meta.dirname, '..', '..', 'shared')
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
    for (const file of files) {
      const source = readFileSync(join(root, file), 'utf8')
      expect(source, file).not.toMatch(/\bScanCommand\b|\bFilterExpression\b|\bExecuteStatement/)
    }
  })

  describe('serves each access pattern by the requests that the document names', () => {
    beforeEach(() => {
      requests = []
    })
    const now = () => new Date().toJSON()
    const later = () => new Date(Date.now() + 9 * 3_600_000).toJSON()
    const period = { limit: 3 }
    const patientId = () => practice.patients[0]!.patientId
    /** An author of notes, of whom nothing else must be read: of a patient no restriction is. */
    const treating = (): Binding => ({
      ...binding,
      actor: {
        type: 'user',
        userId: practice.users.practitioner.userId,
        practiceId: practice.practice.practiceId,
        role: 'patient',
        patientId: patientId(),
        practitionerId: practice.practitioners[0]?.practitionerId,
        sessionId: adminSession,
        aal: 'aal2',
        amr: [],
      },
    })
    const practitionerId = () => practice.practitioners[0]!.practitionerId
    const month = () => now().slice(0, 7)
    const today = () => ({ from: now().slice(0, 10), to: now().slice(0, 10) })
    const event = () => auditEvent(practice.practice.practiceId, { recordedAt: now(), verb: 'R' })
    /** A moment at which a request is counted in one page of its counter. */
    const midPage = () => ({ ...binding, now: '2030-01-01T00:05:00.000Z' })
    /** A session that is over, and where it lies. */
    const overSession = async () => {
      const bound = sessions({ ...binding, now: '2020-01-01T00:00:00.000Z' })
      const { session, write } = bound.open(practice.users.biller, idsAt(now())('ses'), {
        aal: 'aal2',
        amr: ['pwd'],
        next: 'none',
      })
      const item = write.request.Item as Record<string, unknown>
      await plant(item)
      return { session, item, shard: Number(String(item.gsi2pk).split('#')[2]) }
    }
    const overDevice = () => deviceOf(practice.users.patient, { expiresAt: new Date(Date.now() - 86_400_000).toJSON() })
    const aliveSession = async () => {
      const { session, write } = sessions(binding).open(practice.users.biller, idsAt(now())('ses'), {
        aal: 'aal2',
        amr: ['pwd'],
        next: 'none',
      })
      await plant(write.request.Item as Record<string, unknown>)
      return session
    }

    /** Each pattern at work. A read answers items, at least one: a pattern that finds nothing shows nothing. */
    const run: Record<string, () => Promise<unknown>> = {
      'sessions.find': () => sessions(binding).find(admin.token),
      'sessions.slide': async () => {
        await sessions({ ...binding, now: new Date(Date.now() + 60_000).toJSON() }).slide(await aliveSession())
        return 'done'
      },
      'sessions.ofUser': () => sessions(binding).ofUser(admin.user.userId),
      'sessions.expired': async () => {
        const { shard } = await overSession()
        return sessions(binding).expired(shard, now())
      },
      'sessions.family': async () => {
        const { session } = await sessionOf(practice.users.patient)
        requests = []
        return sessions(binding)
          .family(session)
          .then(items => ({ items }))
      },
      'sessions.sweep': async () => sessions(binding).sweep((await overSession()).item, now()),
      'devices.expired': async () => {
        const { item } = await overDevice()
        requests = []
        return devices(binding).expired(Number(String(item.gsi2pk).split('#')[2]), now())
      },
      'devices.sweep': async () => {
        const { item } = await overDevice()
        requests = []
        return devices(binding).sweep(item, now())
      },
      'limits.take': () => limits(midPage()).take('read', randomToken()),
      'nativeSessions.find': async () => {
        const { refresh } = await appOf(await practice.as('supervisor'))
        requests = []
        return nativeSessions(binding).find(refresh)
      },
      'nativeSessions.opener': async () => {
        const { session } = await sessionOf(practice.users.supervisor)
        return nativeSessions(binding).opener(session)
      },
      'bearers.read': async () => bearers(binding).read((await keyOf(practice)).secret),
      'bearers.touch': async () => {
        await bearers(binding).touch((await keyOf(practice)).key)
        return 'done'
      },
      'apiKeys.find': async () => apiKeys(binding).find((await keyOf(practice)).key.keyId),
      'apiKeys.list': () => apiKeys(binding).list(2),
      'signingKeys.all': async () => ({ items: await signingKeys(binding).all() }),
      'authorizationCodes.find': async () => {
        const { code } = await codeFor(await practice.as('supervisor'))
        requests = []
        return authorizationCodes(binding).find(code.split('.')[0] as TicketId)
      },
      'devices.find': async () => {
        const { token } = await deviceOf(practice.users.patient)
        requests = []
        return devices(binding).find(token)
      },
      'devices.ofUser': () => devices(binding).ofUser(practice.users.patient),
      'factors.reserve': () => factors(binding).reserve(practice.users.supervisor.userId, 'active'),
      'limits.undo': async () => {
        const subject = randomToken()
        await limits(midPage()).take('read', subject)
        requests = []
        await limits(midPage()).undo('read', subject)
        return 'done'
      },
      'factors.unreserve': async () => {
        await factors(binding).reserve(practice.users.supervisor.userId, 'active')
        requests = []
        await factors(binding).unreserve(practice.users.supervisor.userId, 'active')
        return 'done'
      },
      'factors.hasBackupCode': () => factors(binding).hasBackupCode(practice.users.supervisor.userId),
      'passkeys.find': () => passkeys(binding).find(authenticator.credential.id),
      'passkeys.holder': () => passkeys(binding).holder(practice.users.admin),
      'passkeys.ofUser': () =>
        passkeys(binding)
          .ofUser(practice.users['front-desk'])
          .then(items => ({ items })),
      'credentials.keysOf': () =>
        credentials(binding)
          .keysOf(practice.users.supervisor.userId)
          .then(items => ({ items })),
      'ceremonies.find': async () => {
        const { ticketId } = await askedToSignIn()
        requests = []
        return ceremonies(binding).find(ticketId, 'login')
      },
      'factors.of': () => factors(binding).of(practice.users.supervisor.userId),
      'smsFactors.find': () => smsFactors(binding).find(practice.users.patient.userId),
      'smsFactors.reserve': () => smsFactors(binding).reserve(practice.users.patient.userId),
      'smsFactors.unreserve': async () => {
        await smsFactors(binding).reserve(practice.users.patient.userId)
        requests = []
        await smsFactors(binding).unreserve(practice.users.patient.userId)
        return 'done'
      },
      'tries.count': async () => tries(binding).count(await aliveSession()),
      'quotas.mine': () => practiceQuotas(binding).mine(),
      'limited.ofDay': () => limited(binding).ofDay(practice.practice.slug, now().slice(0, 10), 5),
      'limited.untold': async () => {
        const crossing = { class: 'account', kind: 'account', count: 5, window: 86_400, at: now() } as const
        // A hash decides in which shard a mark lies: made until one lies in the first.
        for (let made: { gsi2pk?: unknown } = {}; made.gsi2pk !== 'LIMITED#UNTOLD#0'; ) {
          const account = accountOf(practice.practice.slug, `${randomToken()}@harbor.example`)
          const untold = { owner: practice.practice.slug, subject: account, account, ...crossing }
          await mark(untold, binding)
          made = markOf(untold)
        }
        requests = []
        return limited(binding).untold(0)
      },
      'gate.admit': () => gate(binding, captcha).admit(accountOf(practice.practice.slug, randomToken())),
      'gate.failed': async () => {
        const account = accountOf(practice.practice.slug, practice.users.auditor.email)
        const bucket = now().slice(0, 10)
        await plant({
          ...gateKey(account, bucket),
          failures: 5,
          lastAt: Date.now(),
          ttl: Math.ceil(Date.now() / 1000) + 60,
        })
        await gate(binding, captcha).failed({ account, bucket, solved: true })
        return 'done'
      },
      'users.ofAccount': () => users(binding).ofAccount(accountOf(practice.practice.slug, practice.users.admin.email)),
      'users.byLogin': () => users(binding).byLogin(practice.practice.slug, practice.users.admin.email),
      'flows.take': async () => {
        const secret = randomToken()
        const begun = { practiceSlug: practice.practice.slug, provider: 'google', returnTo: '/' } as const
        await plant(flows(binding).begin(newFlow(begun, secret, now())).request.Item as Record<string, unknown>)
        return flows(binding).take(secret)
      },
      'flows.session': () => flows(binding).session(linkOf(), admin.user),
      'identities.find': () => {
        const subjectHash = subjectHashOf({ issuer: google, subject: practice.practice.slug })
        return identities(binding).find(practice.practice.slug, subjectHash)
      },
      'identities.owner': () => identities(binding).owner(practice.users.patient),
      'identities.ofUser': () => identities(binding).ofUser(practice.users.patient),
      'users.find': () => users(binding).find(practice.users.admin.userId),
      'users.holder': () => users(binding).holder(ticket()),
      'users.inRole': async () => ({ items: await users(binding).inRole('admin') }),
      'users.list': () => users(binding).list(3),
      'invitations.find': async () => invitations(binding).find(await issued('invitations')),
      'resets.find': async () => resets(binding).find(await issued('resets')),
      'emailChanges.find': async () => emailChanges(binding).find(await issued('emailChanges')),
      'undos.find': async () => undos(binding).find(await issued('undos')),
      'notices.take': async () => {
        const told = notices(binding).tell(idsAt(binding.now)('ntc'), practice.users.patient, 'new-device')
        await plant(told.request.Item as Record<string, unknown>)
        return notices(binding).take(told.request.Item as Notice)
      },
      'notices.due': async () => {
        const told = notices(binding).tell(idsAt(binding.now)('ntc'), practice.users.patient, 'new-device')
        const item = told.request.Item as Record<string, unknown>
        await plant(item)
        return notices(binding).due(Number(String(item.gsi2pk).split('#')[2]), later())
      },
      'practices.mine': () => practices(binding).mine(),
      'practices.all': () => practices(binding).all(),
      'practices.find': () => practices(binding).find(),
      'practices.of': () => practices(binding).of(practice.users.admin),
      'patients.find': () => patients(binding).find(patientId()),
      'consents.find': () => consents(binding).find(patientId(), 'telehealth'),
      'consents.ofPatient': () => consents(binding).ofPatient(patientId(), 'history', 5),
      'consents.policy': () => consents(binding).policy(),
      'consents.texts': async () => ({ items: await consents(binding).texts() }),
      'patients.history': () => patients(binding).history(patientId(), 5),
      'disclosures.ofPatient': () => disclosures(binding).ofPatient(patientId(), 'accountable', 5),
      'psychotherapy.keyOf': () => psychotherapy(treating()).keyOf(patientId()),
      'psychotherapy.find': () => psychotherapy(treating()).find(patientId(), noteIds[0] as PsychotherapyNoteId),
      'psychotherapy.ofPatient': () => psychotherapy(treating()).ofPatient(patientId(), 5),
      'substanceUse.keyOf': () => substanceUse(treating()).keyOf(patientId()),
      'substanceUse.find': () => substanceUse(treating()).find(patientId(), noteIds[1] as SubstanceUseNoteId),
      'substanceUse.ofPatient': () => substanceUse(treating()).ofPatient(patientId(), undefined, 5),
      'amendments.find': () => amendments(binding).find(patientId(), amendmentId),
      'amendments.ofPatient': () => amendments(binding).ofPatient(patientId(), 5),
      'amendments.inStatus': () => amendments(binding).inStatus('requested', 5),
      'erasures.find': () => erasures(binding).find(patientId(), erasureId),
      'erasures.ofPatient': () => erasures(binding).ofPatient(patientId(), 5),
      'erasures.inStatus': () => erasures(binding).inStatus('granted', 5),
      'erasures.due': async () => ({ items: await erasures(binding).due('2026-01-01') }),
      'holds.standing': () => holds(binding).standing(patientId()),
      'holds.ofPatient': async () => ({ items: await holds(binding).ofPatient(patientId()) }),
      'retention.mine': () => retention(binding).mine(),
      'holdings.of': () => holdings(binding).of(patientId()),
      'holdings.below': async () => {
        const { claim } = await submitted(practice, admin)
        const items = await itemsLike(`CLAIM#${practice.practice.practiceId}#${claim.claimId}`)
        requests = []
        return { items: await holdings(binding).below(items) }
      },
      'holdings.accounts': async () => ({ items: await holdings(binding).accounts(patientId()) }),
      'holdings.forget': async () => {
        const patient = await patients(binding).any(patientId())
        requests = []
        return patient && holdings(binding).forget(patientId(), patient)
      },
      'patients.any': () => patients(binding).any(patientId()),
      'restrictions.mine': () => restrictions(binding).mine(),
      'breakGlass.find': () => breakGlass(binding).find(practice.users.practitioner.userId, breakGlassId),
      'breakGlass.ofUser': () => breakGlass(binding).ofUser(practice.users.practitioner.userId, 5),
      'breakGlass.inStatus': () => breakGlass(binding).inStatus('awaiting-review', 5),
      'patients.several': () =>
        patients(binding).several(practice.patients.slice(0, 2).map(({ patientId }) => patientId)),
      'patients.list': () => patients(binding).list(2),
      'practitioners.find': () => practitioners(binding).find(practitionerId()),
      'practitioners.list': () => practitioners(binding).list(2),
      'coverages.find': () => coverages(binding).find(practice.patients[0]!.coverage.coverageId),
      'coverages.ofPatient': () => coverages(binding).ofPatient(patientId(), 5),
      'appointments.find': () => appointments(binding).find(claim.appointmentId),
      'appointments.ofPractitioner': () =>
        appointments(binding).ofPractitioner(practitionerId(), { ...period, from: '2030-03-05T00:00:00.000Z' }),
      'appointments.ofPatient': () =>
        appointments(binding).ofPatient(patientId(), { ...period, to: '2030-03-06T00:00:00.000Z' }),
      'appointments.taken': () =>
        appointments(binding).taken(practitionerId(), '2030-03-05T00:00:00.000Z', '2030-03-06T00:00:00.000Z'),
      'claims.find': () => claims(binding).find(claim.claimId),
      'claims.inState': () => claims(binding).inState('none', 5),
      'claims.ofPatient': () => claims(binding).ofPatient(patientId(), 2),
      'submissions.take': async () => {
        const { message } = await submitted(practice, admin)
        requests = []
        return outbox(binding).take(message)
      },
      'submissions.waiting': async () => {
        const { message } = await submitted(practice, admin)
        requests = []
        return outbox(binding).waiting(dueShardOf(message), later())
      },
      'interchanges.nextNumber': () => interchanges(binding).nextNumber(),
      'interchanges.find': async () => {
        const { interchangeNumber = 0 } = (await claims(binding).find(claim.claimId)) ?? {}
        requests = []
        return interchanges(binding).find(interchangeNumber)
      },
      'telehealth.room': () => telehealth(binding).room(telehealthId),
      'audit.byPatient': () => auditTrail(binding).byPatient(patientId(), { limit: 5 }, 'staff'),
      'audit.byActor': () => auditTrail(binding).byActor(admin.user.userId, month(), { limit: 5 }),
      'audit.byEntity': () => auditTrail(binding).byEntity('Claim', claim.claimId, { limit: 5 }),
      'agents.named': async () => {
        const { key } = await keyOf(practice)
        requests = []
        return agents(binding).named([admin.user.userId, key.keyId, 'claims.transmit'])
      },
      'exports.find': () => exports(binding).find(exported.exportId),
      'exports.take': async () => {
        await plant(order().write.request.Item as Record<string, unknown>)
        return exports(binding).take(exported.exportId)
      },
      'exports.began': async () => exports(binding).began(await planted(), 'upload'),
      'exports.advance': async () =>
        exports(binding).advance(await planted(), {
          etag: 'a',
          records: 1,
          bytes: 2,
          reached: binding.now,
          after: idsAt(binding.now)('aud'),
        }),
      'exports.pause': async () => exports(binding).pause(await planted()),
      'recordExports.last': () => recordExports(binding).last(patientId(), 'patient'),
      'recordExports.find': () => recordExports(binding).find(patientId(), 'patient', copyId),
      'recordExports.ofPatient': () => recordExports(binding).ofPatient(patientId(), 'patient', 5),
      'recordExports.take': () => recordExports(binding).take(patientId(), 'patient', copyId),
      'recordExports.advance': async () => {
        const { job, writes } = copied()
        for (const write of writes) await plant(write.request.Item as Record<string, unknown>)
        return recordExports(binding).advance(job, { sections: { done: 1, total: 3 }, resources: 2 })
      },
      'users.ofPatient': () => users(binding).ofPatient(practice.users.patient.patientId!),
      'agents.workforce': () => agents(binding).workforce([practice.users.practitioner.userId, admin.user.userId]),
      'audit.inOrder': async () => {
        const items: unknown[] = []
        for await (const event of auditTrail(binding).inOrder({ from: `${today().from}T00:00:00.000Z`, to: now() }))
          items.push(event)
        return { items }
      },
      'auditReviews.lastDay': () => auditReviews(binding).lastDay(practice.practice.practiceId),
      'auditReviews.find': () => auditReviews(binding).find(reviewed.day),
      'auditReviews.list': () => auditReviews(binding).list({ limit: 5 }),
      'auditReviews.thresholds': () => auditReviews(binding).thresholds(),
      'auditReviews.finding': async () => {
        const { items } = await auditReviews(binding).findingsOf(reviewed.day, { limit: 1 })
        requests = []
        return items[0] && auditReviews(binding).finding(reviewed.day, items[0].findingId)
      },
      'auditReviews.findingsOf': () => auditReviews(binding).findingsOf(reviewed.day, { limit: 5 }),
      'auditReviews.open': () => auditReviews(binding).open({ limit: 5 }),
      'audit.byDay': () => auditTrail(binding).byDay(today(), { limit: 5 }),
      'audit.byStaff': () => auditTrail(binding).byStaff(patientId(), { limit: 5 }),
      'audit.byAction': () => auditTrail(binding).byAction('appointments.create', today(), { limit: 3 }),
      'audit.byOutcome': async () => {
        await admin.call('patients.get', { params: { patientId: 'none' } })
        requests = []
        return auditTrail(binding).byOutcome('denied', today(), { limit: 5 })
      },
      'audit.wholeDay': () => auditTrail(binding).wholeDay(now().slice(0, 10)),
      'wrappings.due': () => wrappings(turned)(binding).due(),
      'wrappings.renew': () => wrappings(turned)(binding).renew(practice.practice.practiceId),
      'wrappings.finish': () =>
        wrappings(turned)(binding)
          .finish('an earlier turn')
          .then(() => 'done'),
      'seals.head': () => seals(binding).head(),
      'seals.advance': async () => {
        const head = await seals(binding).head()
        requests = []
        return seals(binding)
          .advance(head, head)
          .then(() => 'done')
      },
      'journal.record': () =>
        journal(binding)
          .record(event())
          .then(() => 'done'),
      'journal.commit': () =>
        journal(binding)
          .commit([], event())
          .then(() => 'done'),
    }

    it('and each is tried here', () => {
      expect(Object.keys(run).sort()).toEqual(patterns.map(({ id }) => id).sort())
    })

    it.each(patterns)('$id: $request', async ({ id, request }) => {
      const answer = await run[id]?.()
      expect(isEmpty(answer), 'a pattern that finds nothing shows nothing').toBe(false)
      // Those that are made at once are answered in any order.
      expect(requests.map(named).sort()).toEqual(expected(request, requests.length).sort())
      for (const { name, scanned, count, units, bytes } of requests) {
        expect(scanned).toBe(count)
        // 4 KB a unit, and one more for an item that begins in the next; of items that are asked for by their keys, each one by itself.
        if (count > 0 && !/Put|Update|Delete|Transact/.test(request)) {
          expect(units).toBeGreaterThan(0)
          expect(units).toBeLessThanOrEqual(Math.ceil(bytes / 4_096) + (name === 'BatchGetItem' ? count : 1))
        }
      }
    })

    it.each([
      ['appointments.ofPractitioner', 3],
      ['claims.ofPatient', 2],
      ['patients.list', 2],
      ['audit.byStaff', 5],
    ])('%s reads no more than the page of %i that it shows', async (id, limit) => {
      const page = (await run[id]?.()) as { items: unknown[]; next?: string }
      expect(page.items).toHaveLength(limit)
      expect(page.next).toBeTruthy()
      expect(requests.map(({ scanned }) => scanned)).toEqual([limit])
    })

    it('audit.byDay reads at most one page of each shard', async () => {
      const page = (await run['audit.byDay']?.()) as { items: unknown[]; next?: string }
      expect(page.items).toHaveLength(5)
      for (const { scanned } of requests) expect(scanned).toBeLessThanOrEqual(5)
    })
  })
})

const google = 'https://accounts.google.com'

/** The admin's session, as a flow names it. */
function linkOf(): NonNullable<Flow['link']> {
  const { practiceId, userId } = admin.user
  return { practiceId, userId, sessionId: adminSession }
}

const named = ({ name, index }: Request) => (index ? `${name} ${index}` : name)

/** `Query gsi1, then UpdateItem for each` as the names of so many requests. */
function expected(request: string, made: number): string[] {
  const [first = '', then] = request.split(', then ')
  if (then) return [first, ...Array(Math.max(1, made - 1)).fill(then.replace(' for each', ''))]
  const shards = /^(\w+(?: \w+)?) for each of (\d+) shards$/.exec(request)
  return shards ? Array(Number(shards[2])).fill(shards[1]) : request.split(', ')
}

/** Nothing, false, an empty page or an empty set. */
function isEmpty(answer: unknown): boolean {
  if (!answer) return true
  if (answer instanceof Set || answer instanceof Map) return answer.size === 0
  return typeof answer === 'object' && 'items' in answer && (answer.items as unknown[]).length === 0
}

const dueShardOf = ({ claimId }: SubmissionMessage) => claimId.charCodeAt(claimId.length - 1) % 4
