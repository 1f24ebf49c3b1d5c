import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Binding } from '../../shared/kernel/port.ts'
import { idsAt, randomToken } from '../../shared/kernel/random.ts'
import type { Claim } from '../../shared/schema/claims.ts'
import type { Device, Session } from '../../shared/schema/identity.ts'
import type { TelehealthId } from '../../shared/schema/ids.ts'
import type { SubmissionMessage } from '../../shared/schema/submissions.ts'
import { appointments } from '../../shared/store/appointments.ts'
import { auditTrail } from '../../shared/store/audit.ts'
import { claims } from '../../shared/store/claims.ts'
import { coverages } from '../../shared/store/coverages.ts'
import { devices, newDevice } from '../../shared/store/devices.ts'
import { factors } from '../../shared/store/factors.ts'
import { interchanges } from '../../shared/store/interchanges.ts'
import { journal } from '../../shared/store/journal.ts'
import { limits } from '../../shared/store/limits.ts'
import { notices } from '../../shared/store/notices.ts'
import { patients } from '../../shared/store/patients.ts'
import { practices } from '../../shared/store/practices.ts'
import { practitioners } from '../../shared/store/practitioners.ts'
import { sessions } from '../../shared/store/sessions.ts'
import { smsFactors } from '../../shared/store/smsFactors.ts'
import { outbox } from '../../shared/store/submissions.ts'
import { table as storeTable } from '../../shared/store/table.ts'
import { telehealth } from '../../shared/store/telehealth.ts'
import { texts } from '../../shared/store/texts.ts'
import { tries } from '../../shared/store/tries.ts'
import { users } from '../../shared/store/users.ts'
import { ago, book } from '../functions/appointments/fixture.ts'
import { draft, submitted, transmit } from '../functions/claims/fixture.ts'
import { enrol, withPhone } from '../harness/identity.ts'
import { type Client, itemsLike, newPractice, plant, type TestPractice } from '../harness/index.ts'
import { builders, entities, patterns } from './document.ts'

/** The repositories by their files. */
const repositories = {
  appointments,
  audit: auditTrail,
  claims,
  coverages,
  devices,
  factors,
  interchanges,
  journal,
  limits,
  notices,
  patients,
  practices,
  practitioners,
  sessions,
  smsFactors,
  submissions: outbox,
  telehealth,
  texts,
  tries,
  users,
}

/** What the repositories are made of. */
const parts = ['authenticator', 'entity', 'expiry', 'faults', 'practice', 'read', 'table', 'tickets']

/** Functions of a repository that reach for no table and build no write. */
const pure = ['sessions.subject', 'sessions.wellFormed']

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
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
    const { client } = await enrol(await practice.as('supervisor', 'pending'))
    await client.call('mfa.setup')
    await withPhone(practice)
    const { practiceId } = practice.practice
    binding = {
      actor: { type: 'system', id: 'test', practiceId },
      practiceId,
      now: new Date().toJSON(),
      signal: AbortSignal.timeout(110_000),
    }
    for (let day = 4; day < 9; day++) await book(admin, practice, `2030-03-0${day}T09:00`)
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
    await plant(newDevice(deviceOf(practice, 20)).request.Item)
    const told = notices(binding).tell(idsAt(binding.now)('ntc'), practice.users.patient, 'new-device')
    await plant(told.request.Item as Record<string, unknown>)
  })

  describe('has every entity of the document, and no other', () => {
    const own = async () => {
      const all = await itemsLike('')
      const mine = new RegExp(`${practice.practice.practiceId}|^(INTERCHANGE|CONTROL|LIMIT|TEXTS)#`)
      return all.filter(item => mine.test(`${item.pk}`) || JSON.stringify(item).includes(practice.practice.practiceId))
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
        for (const index of ['gsi1', 'gsi2', 'gsi3']) {
          const place = entity?.indexes[index]
          const [pk, sk] = [item[`${index}pk`], item[`${index}sk`]]
          if (place?.sparse && pk === undefined && sk === undefined) continue
          expect(String(pk ?? ''), `${what} ${index}`).toMatch(place?.pk ?? /^$/)
          expect(String(sk ?? ''), `${what} ${index}`).toMatch(place?.sk ?? /^$/)
        }
        expect(typeof item.ttl, what).toBe(entity?.ttl ? 'number' : 'undefined')
        // Limits and interchanges are everybody's: other tests count requests of days long past.
        const isOwn = JSON.stringify(item).includes(practice.practice.practiceId)
        if (entity?.ttl && isOwn) expect(item.ttl as number, what).toBeGreaterThan(Date.now() / 1000)
        // An audit event tells of the version of what it changed.
        if (entity?.name !== 'Audit event')
          expect(typeof item.version, what).toBe(entity?.versioned ? 'number' : 'undefined')
      }
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
    const practitionerId = () => practice.practitioners[0]!.practitionerId
    const month = () => now().slice(0, 7)
    const event = () => ({
      auditEventId: idsAt(now())('aud'),
      practiceId: practice.practice.practiceId,
      recordedAt: now(),
      actor: { type: 'system' as const, id: 'test' },
      name: 'test',
      verb: 'R' as const,
      outcome: 'success' as const,
      entity: { type: 'Test', id: '-' },
      purposeOfUse: 'TREAT' as const,
      source: { address: '-', client: 'test' },
      requestId: 'test',
      elapsed: 0,
      schema: 1 as const,
    })
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
      'sessions.endFamily': async () => {
        const { session } = await overSession()
        return sessions(binding).endFamily(session)
      },
      'sessions.expired': async () => {
        const { shard } = await overSession()
        return sessions(binding).expired(shard, now())
      },
      'sessions.sweep': async () => sessions(binding).sweep((await overSession()).item, now()),
      'devices.expired': async () => {
        const item = newDevice(deviceOf(practice, -1)).request.Item
        await plant(item)
        return devices(binding).expired(Number(item.gsi2pk.split('#')[2]), now())
      },
      'devices.sweep': async () => {
        const item = newDevice(deviceOf(practice, -1)).request.Item
        await plant(item)
        return devices(binding).sweep(item, now())
      },
      'limits.take': () => limits(binding).take('read', randomToken()),
      'factors.reserve': () => factors(binding).reserve(practice.users.supervisor.userId, 'active'),
      'limits.undo': async () => {
        const subject = randomToken()
        await limits(binding).take('read', subject)
        requests = []
        await limits(binding).undo('read', subject)
        return 'done'
      },
      'factors.unreserve': async () => {
        await factors(binding).reserve(practice.users.supervisor.userId, 'active')
        requests = []
        await factors(binding).unreserve(practice.users.supervisor.userId, 'active')
        return 'done'
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
      'users.byLogin': () => users(binding).byLogin(practice.practice.slug, practice.users.admin.email),
      'practices.mine': () => practices(binding).mine(),
      'practices.find': () => practices(binding).find(),
      'practices.of': () => practices(binding).of(practice.users.admin),
      'patients.find': () => patients(binding).find(patientId()),
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
      'audit.byPatient': () => auditTrail(binding).byPatient(patientId(), { limit: 5 }),
      'audit.byActor': () => auditTrail(binding).byActor(admin.user.userId, month(), { limit: 5 }),
      'audit.byEntity': () => auditTrail(binding).byEntity('Claim', claim.claimId, { limit: 5 }),
      'audit.byDay': () => auditTrail(binding).byDay(now().slice(0, 10), { limit: 5 }),
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
      expect(requests.map(named)).toEqual(expected(request, requests.length))
      for (const { scanned, count, units, bytes } of requests) {
        expect(scanned).toBe(count)
        // 4 KB a unit, and one more for an item that begins in the next.
        if (count > 0 && !/Put|Update|Delete|Transact/.test(request)) {
          expect(units).toBeGreaterThan(0)
          expect(units).toBeLessThanOrEqual(Math.ceil(bytes / 4_096) + 1)
        }
      }
    })

    it.each([
      ['appointments.ofPractitioner', 3],
      ['claims.ofPatient', 2],
      ['patients.list', 2],
      ['audit.byPatient', 5],
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

const named = ({ name, index }: Request) => (index ? `${name} ${index}` : name)

/** `Query gsi1, then UpdateItem for each` as the names of so many requests. */
function expected(request: string, made: number): string[] {
  const [first = '', then] = request.split(', then ')
  if (then) return [first, ...Array(Math.max(1, made - 1)).fill(then.replace(' for each', ''))]
  const shards = /^(\w+) for each of (\d+) shards$/.exec(request)
  return shards ? Array(Number(shards[2])).fill(shards[1]) : [request]
}

/** Nothing, false, an empty page or an empty set. */
function isEmpty(answer: unknown): boolean {
  if (!answer) return true
  if (answer instanceof Set) return answer.size === 0
  return typeof answer === 'object' && 'items' in answer && (answer.items as unknown[]).length === 0
}

const dueShardOf = ({ claimId }: SubmissionMessage) => claimId.charCodeAt(claimId.length - 1) % 4

function deviceOf({ practice, users }: TestPractice, days: number): Device {
  const now = new Date().toJSON()
  return {
    deviceId: idsAt(now)('dev'),
    practiceId: practice.practiceId,
    userId: users.patient.userId as Session['userId'],
    tokenHash: randomToken(),
    createdAt: now,
    expiresAt: new Date(Date.now() + days * 86_400_000).toJSON(),
  }
}
