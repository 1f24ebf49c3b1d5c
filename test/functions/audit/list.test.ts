import { beforeAll, describe, expect, it } from 'vitest'
import { idsAt } from '../../../shared/kernel/random.ts'
import { type AuditEvent, AuditRecord } from '../../../shared/schema/audit.ts'
import { auditItem } from '../../../shared/store/audit.ts'
import { type Answer, type Client, newPractice, plant, type TestPractice } from '../../harness/index.ts'

describe('GET /audit-events', () => {
  let practice: TestPractice
  let other: TestPractice
  let auditor: Client
  let today: string
  beforeAll(async () => {
    ;[practice, other] = await Promise.all([newPractice(), newPractice()])
    auditor = await practice.as('auditor')
    today = new Date().toJSON().slice(0, 10)
    const biller = await practice.as('biller')
    // What the trail is read by: some of it at the very same moment, some denied, some of others.
    await Promise.all(Array.from({ length: 30 }, () => biller.call('payers.list')))
    for (const { patientId } of practice.patients) {
      for (let times = 0; times < 3; times++) await biller.call('patients.get', { params: { patientId } })
    }
    await biller.call('patients.create', { body: {} })
    const stranger = await other.as('biller')
    await stranger.call('patients.get', { params: { patientId: other.patients[0]?.patientId ?? '' } })
  })

  const list = async (query: Record<string, string>, client = auditor): Promise<Answer> =>
    client.call('audit.list', { query })
  const pages = async (query: Record<string, string>, client = auditor) => {
    const events: AuditEvent[] = []
    let cursor: string | undefined
    let count = 0
    do {
      const { status, body } = await list({ ...query, ...(cursor && { cursor }) }, client)
      expect(status).toBe(200)
      events.push(...body.items)
      cursor = body.next
      count++
    } while (cursor)
    return { events, count }
  }
  const idsOf = (events: readonly AuditEvent[]) => events.map(({ auditEventId }) => auditEventId)
  const newestFirst = (events: readonly AuditEvent[]) => idsOf(events).sort().reverse()
  const sealed = (text: string) => Buffer.from(text).toString('base64url')
  const practicesIn = (body: { items?: AuditEvent[] }) => [...new Set(body.items?.map(({ practiceId }) => practiceId))]

  describe('by patient', () => {
    const patientOf = (own: TestPractice, index: number) => own.patients[index]?.patientId ?? ''

    it('200 lists all that was done about a patient, newest first, and nothing else', async () => {
      const patientId = patientOf(practice, 1)
      const { events } = await pages({ patientId })
      expect(events.map(({ name }) => name)).toEqual([...Array(3).fill('patients.get'), 'seed'])
      expect(idsOf(events)).toEqual(newestFirst(events))
      expect(events.every(event => event.patientId === patientId)).toBe(true)
      expect(events[0]?.source).toEqual({ address: '192.0.2.10', client: 'vitest' })
    })

    it('200 pages without losing or doubling a record', async () => {
      const patientId = patientOf(practice, 2)
      const whole = await pages({ patientId })
      for (const limit of ['1', '2', '3']) {
        const parts = await pages({ patientId, limit })
        // Each page that was read is itself about the patient, and newer than where the paging began.
        expect(idsOf(parts.events).filter(id => idsOf(whole.events).includes(id))).toEqual(idsOf(whole.events))
        expect(new Set(idsOf(parts.events)).size).toBe(parts.events.length)
        expect(parts.count).toBeGreaterThan(1)
      }
    })

    it('200 shows a patient who saw their own record, without addresses', async () => {
      const patient = await practice.as('patient')
      const { status, body } = await list({ patientId: patientOf(practice, 0) }, patient)
      expect(status).toBe(200)
      expect(body.items.filter(({ name }: AuditEvent) => name === 'patients.get')).toHaveLength(3)
      expect(body.items.find(({ name }: AuditEvent) => name === 'patients.get')).toMatchObject({
        actor: { type: 'user', id: practice.users.biller.userId, role: 'biller' },
      })
      for (const item of body.items) expect(item).not.toHaveProperty('source')
      expect(JSON.stringify(body)).not.toContain('192.0.2.10')
    })

    it('200 pages for a patient too, without addresses on any page', async () => {
      const patient = await practice.as('patient')
      const { events } = await pages({ patientId: patientOf(practice, 0), limit: '2' }, patient)
      expect(events.length).toBeGreaterThanOrEqual(4)
      for (const event of events) expect(event).not.toHaveProperty('source')
    })

    it("404 for a patient who asks for another's trail, and the attempt stands in that trail", async () => {
      const patient = await practice.as('patient')
      const answer = await list({ patientId: patientOf(practice, 1) }, patient)
      expect([answer.status, answer.body.code]).toEqual([404, 'patient-not-found'])
      const { events } = await pages({ patientId: patientOf(practice, 1) })
      expect(events.find(({ outcome }) => outcome === 'denied')).toMatchObject({
        name: 'audit.list',
        reason: 'patient-not-found',
        actor: { id: patient.user.userId, role: 'patient' },
      })
    })

    it.each(['day', 'entity', 'actor'])('404 for a patient who asks by %s, even of themselves', async how => {
      const patient = await practice.as('patient')
      const query = {
        day: { day: today },
        entity: { entity: `Patient/${patientOf(practice, 0)}` },
        actor: { actorId: patient.user.userId, month: today.slice(0, 7) },
      }[how] as Record<string, string>
      const { status, body } = await list(query, patient)
      expect([status, body.code]).toEqual([404, 'patient-not-found'])
    })

    it("200 is as empty for another practice's patient as for nobody", async () => {
      for (const patientId of [patientOf(other, 0), `pat_${'0'.repeat(20)}`]) {
        const { status, body } = await list({ patientId })
        expect(status).toBe(200)
        expect(practicesIn(body)).toEqual([])
      }
    })
  })

  describe('by actor and month', () => {
    it('200 lists what somebody did in a month, newest first', async () => {
      const actorId = practice.users.biller.userId
      const { events } = await pages({ actorId, month: today.slice(0, 7), limit: '7' })
      expect(events).toHaveLength(40)
      expect(idsOf(events)).toEqual(newestFirst(events))
      expect(events.every(({ actor }) => actor.id === actorId)).toBe(true)
      expect((await list({ actorId, month: '2020-01' })).body).toEqual({ items: [] })
    })

    it('200 lists what a worker did', async () => {
      const { events } = await pages({ actorId: 'seed', month: today.slice(0, 7) })
      expect(events.length).toBeGreaterThan(10)
      expect(events.every(({ actor }) => actor.type === 'system')).toBe(true)
    })

    it("200 is empty for another practice's user", async () => {
      const { body } = await list({ actorId: other.users.biller.userId, month: today.slice(0, 7) })
      expect(body).toEqual({ items: [] })
    })
  })

  describe('by entity', () => {
    it('200 lists all that was done to one record', async () => {
      const id = practice.patients[1]?.patientId
      const before = (await practice.trail()).filter(({ entity }) => entity.type === 'Patient' && entity.id === id)
      expect(before).toHaveLength(3)
      const { events } = await pages({ entity: `Patient/${id}`, limit: '2' })
      expect(idsOf(events)).toEqual(newestFirst(before))
    })

    it("200 is empty for another practice's record", async () => {
      const { body } = await list({ entity: `Patient/${other.patients[0]?.patientId}` })
      expect(body).toEqual({ items: [] })
    })
  })

  describe('by action', () => {
    it.each(['1', '7', '25', '100'])('200 pages by %s over all shards of a day', async limit => {
      const { events } = await pages({ action: 'payers.list', day: today, limit })
      expect(events).toHaveLength(30)
      expect(idsOf(events)).toEqual(newestFirst(events))
      expect(events.every(({ name }) => name === 'payers.list')).toBe(true)
    })

    it('200 goes through a period day by day', async () => {
      const own = await newPractice()
      const [template] = (await own.trail()) as unknown as [AuditEvent & Record<string, unknown>]
      const at = (day: string, number: number) => {
        const auditEventId = idsAt(`${day}T12:00:00.000Z`)('aud')
        const record = { ...template, auditEventId, recordedAt: `${day}T12:00:00.000Z`, name: 'claims.submit' }
        return plant(auditItem({ ...AuditRecord.strip().parse(record), sequence: number }))
      }
      const days = ['2026-03-01', '2026-03-02', '2026-03-02', '2026-03-02', '2026-03-20', '2026-03-31', '2026-04-01']
      await Promise.all(days.map(at))
      const client = await own.as('auditor')
      const { events } = await pages(
        { action: 'claims.submit', from: '2026-03-02', to: '2026-03-31', limit: '2' },
        client,
      )
      expect(events.map(({ recordedAt }) => recordedAt.slice(0, 10))).toEqual(days.slice(1, 6).reverse())
      expect(new Set(idsOf(events)).size).toBe(5)
      expect((await pages({ action: 'claims.submi', from: '2026-03-02', to: '2026-03-31' }, client)).events).toEqual([])
    })

    it("200 holds nothing of another practice's", async () => {
      const { events } = await pages({ action: 'patients.get', day: today })
      expect([...new Set(events.map(({ practiceId }) => practiceId))]).toEqual([practice.practice.practiceId])
    })
  })

  describe('by outcome', () => {
    it('200 lists what was denied, whatever it was', async () => {
      const known = (await practice.trail()).filter(({ outcome }) => outcome === 'denied')
      expect(known.length).toBeGreaterThan(0)
      const { events } = await pages({ outcome: 'denied', day: today, limit: '1' })
      expect(idsOf(events).filter(id => idsOf(known).includes(id))).toEqual(newestFirst(known))
      expect(events.every(({ outcome }) => outcome === 'denied')).toBe(true)
    })

    it('200 is empty where nothing failed', async () => {
      expect((await list({ outcome: 'failed', day: today })).body).toEqual({ items: [] })
    })
  })

  describe('by day', () => {
    it.each(['1', '7', '25', '100'])('200 pages by %s over all shards and loses or doubles none', async limit => {
      const before = (await practice.trail()).filter(({ recordedAt }) => recordedAt.startsWith(today))
      const shards = new Set((before as unknown as { pk: string }[]).map(({ pk }) => pk.split('#').at(-1)))
      expect(shards.size).toBe(8)
      const { events } = await pages({ day: today, limit })
      const known = new Set(idsOf(before))
      expect(idsOf(events).filter(id => known.has(id))).toEqual(newestFirst(before))
      expect(new Set(idsOf(events)).size).toBe(events.length)
      expect(idsOf(events)).toEqual(newestFirst(events))
    })

    it('200 says there is more exactly when there is', async () => {
      const own = await newPractice()
      const client = await own.as('admin')
      const size = (await own.trail()).length
      const all = await list({ day: today, limit: String(size) }, client)
      expect(all.body.items).toHaveLength(size)
      expect(all.body).not.toHaveProperty('next')
      const most = await list({ day: today, limit: String(size) }, client)
      expect(most.body.items).toHaveLength(size)
      expect((await list({ day: today, cursor: most.body.next }, client)).body.items).toHaveLength(1)
    })

    it('200 is empty on a day on which nothing happened', async () => {
      expect((await list({ day: '2020-02-29' })).body).toEqual({ items: [] })
    })
  })

  it('200 is audited itself', async () => {
    const answer = await list({ day: today })
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'audit.list',
        verb: 'R',
        outcome: 'success',
        actor: expect.objectContaining({ id: auditor.user.userId, role: 'auditor' }),
        entity: { type: 'AuditEvent', id: 'list' },
      }),
    ])
  })

  it('200 to an admin', async () => {
    expect((await list({ day: today }, await practice.as('admin'))).status).toBe(200)
  })

  it.each(['practitioner', 'supervisor', 'biller', 'front-desk'] as const)('404 for a %s', async role => {
    const { status, body } = await list({ day: today }, await practice.as(role))
    expect([status, body.code]).toEqual([404, 'forbidden'])
  })

  const id = `pat_${'0'.repeat(20)}`
  it.each([
    ['nothing', {}],
    ['a limit alone', { limit: '5' }],
    ['a patient and a day', { patientId: id, day: '2026-01-01' }],
    ['a patient and an entity', { patientId: id, entity: `Patient/${id}` }],
    ['all four', { patientId: id, actorId: 'x', month: '2026-01', entity: `Patient/${id}`, day: '2026-01-01' }],
    ['an actor without a month', { actorId: 'usr_1' }],
    ['a month without an actor', { month: '2026-01' }],
    ['a month beside a day', { month: '2026-01', day: '2026-01-01' }],
    ['a month that is none', { actorId: 'usr_1', month: '2026-13' }],
    ['a day that is none', { day: '2026-02-30' }],
    ['a list as an entity', { entity: 'Appointment/list' }],
    ['an action without a day', { action: 'claims.submit' }],
    ['an outcome without a day', { outcome: 'denied' }],
    ['an action and an outcome', { action: 'claims.submit', outcome: 'denied', day: '2026-01-01' }],
    ['an action of a patient', { action: 'claims.submit', patientId: id }],
    ['an action that is no name', { action: 'claims#', day: '2026-01-01' }],
    ['success', { outcome: 'success', day: '2026-01-01' }],
    ['a period without an end', { from: '2026-01-01' }],
    ['a period that ends before it begins', { from: '2026-01-02', to: '2026-01-01' }],
    ['a period of 32 days', { from: '2026-01-01', to: '2026-02-01' }],
    ['a day and a period', { day: '2026-01-01', from: '2026-01-01', to: '2026-01-02' }],
    ['an entity without an id', { entity: 'Patient' }],
    ['an entity with a separator of keys', { entity: 'Patient/a#b' }],
    ['an actor with a separator of keys', { actorId: 'a#b', month: '2026-01' }],
    ['a practice', { day: '2026-01-01', practiceId: `prc_${'0'.repeat(20)}` }],
    ['too great a limit', { day: '2026-01-01', limit: '101' }],
  ])('400 for %s', async (_, query) => {
    const { status, body } = await list(query as Record<string, string>)
    expect([status, body.code]).toEqual([400, 'validation-failed'])
  })

  describe('with a forged cursor', () => {
    const queries = () => ({
      patient: { patientId: practice.patients[0]?.patientId ?? '' },
      actor: { actorId: practice.users.biller.userId, month: today.slice(0, 7) },
      entity: { entity: `User/${practice.users.biller.userId}` },
      day: { day: today },
      action: { action: 'payers.list', day: today },
      outcome: { outcome: 'denied', from: '2026-01-01', to: '2026-01-05' },
    })
    const forged: [string, () => Promise<string> | string][] = [
      ["another practice's", async () => (await list({ day: today, limit: '1' }, await other.as('auditor'))).body.next],
      [
        "another practice's key",
        async () => {
          const [event] = await other.trail()
          const tail = `#${event?.practiceId}#${today}#0`
          return sealed(JSON.stringify([event?.auditEventId, tail, event?.auditEventId]))
        },
      ],
      ['another entity', () => sealed(JSON.stringify(['USER', '#USER#x', 'zzz']))],
      ['no id', () => sealed('~~~~')],
      ['an empty id', () => 'A'],
      ['bytes that are no text', () => Buffer.from([255, 254, 0, 1]).toString('base64url')],
      ['the longest', () => 'z'.repeat(400)],
    ]

    for (const [what, forge] of forged) {
      it.each(['patient', 'actor', 'entity', 'day', 'action', 'outcome'] as const)(
        `400 of ${what}, by %s`,
        async how => {
          const { status, body } = await list({ ...queries()[how], cursor: await forge() })
          expect([status, body.errors[0].path]).toEqual([400, 'query.cursor'])
        },
      )
    }
  })
})
