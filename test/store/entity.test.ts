import { beforeAll, describe, expect, it } from 'vitest'
import { quotas } from '../../shared/domain/quotas.ts'
import type { Binding } from '../../shared/kernel/port.ts'
import { idsAt, randomToken } from '../../shared/kernel/random.ts'
import { appointmentEntity, appointments } from '../../shared/store/appointments.ts'
import { auditTrail } from '../../shared/store/audit.ts'
import { claims } from '../../shared/store/claims.ts'
import { deviceEntity, devices } from '../../shared/store/devices.ts'
import { limits } from '../../shared/store/limits.ts'
import { patientEntity, patients } from '../../shared/store/patients.ts'
import { sessionEntity, sessions } from '../../shared/store/sessions.ts'
import { book } from '../functions/appointments/fixture.ts'
import { draft } from '../functions/claims/fixture.ts'
import { itemsAt, itemsLike, newPractice, plant, type TestPractice } from '../harness/index.ts'

let practice: TestPractice
let binding: Binding
beforeAll(async () => {
  practice = await newPractice()
  const { practiceId } = practice.practice
  const actor = { type: 'system', id: 'test', practiceId } as const
  binding = { actor, practiceId, now: new Date().toJSON(), signal: AbortSignal.timeout(100_000) }
})

describe('an item that does not follow its schema', () => {
  const spoil = async (pk: string, change: Record<string, unknown>) => {
    const [item] = await itemsAt(pk)
    await plant({ ...item, ...change })
  }

  it('is refused where it is read alone', async () => {
    const { claimId } = await draft(practice, await practice.as('admin'))
    const claim = (await claims(binding).find(claimId))!
    const pk = `CLAIM#${claim.practiceId}#${claim.claimId}`
    for (const wrong of [{ total: '175' }, { status: 'lost' }, { version: 0 }, { content: undefined }, { spy: true }]) {
      await plant({ ...(await itemsAt(pk))[0], ...claim })
      expect(await claims(binding).find(claim.claimId)).toEqual(claim)
      await spoil(pk, wrong)
      await expect(claims(binding).find(claim.claimId), JSON.stringify(wrong)).rejects.toThrow()
      if ('spy' in wrong) await spoil(pk, { spy: undefined })
    }
  })

  it('is refused in a list', async () => {
    const { patientId, practiceId } = practice.patients[2]!
    await spoil(`PATIENT#${practiceId}#${patientId}`, { birthDate: 'long ago' })
    await expect(patients(binding).list(10)).rejects.toThrow()
  })

  it('is refused in the audit trail', async () => {
    const [record] = await itemsLike(`AUDIT#${practice.practice.practiceId}#`)
    await plant({ ...record, outcome: 'perhaps' })
    const day = binding.now.slice(0, 10)
    await expect(auditTrail(binding).byDay({ from: day, to: day }, { limit: 100 })).rejects.toThrow()
  })

  it('is never told of with its content', async () => {
    const patient = practice.patients[1]!
    await spoil(`PATIENT#${patient.practiceId}#${patient.patientId}`, { birthDate: 'Beaverton' })
    const refusal = await patients(binding)
      .find(patient.patientId)
      .catch((error: Error) => error)
    expect(refusal).toBeInstanceOf(Error)
    expect(JSON.stringify((refusal as { issues?: unknown }).issues)).not.toContain('Beaverton')
  })
})

describe('what is parsed', () => {
  it('is the record, without the table’s own attributes', () => {
    const patient = practice.patients[0]!
    const { coverage: _, ...record } = patient
    const item = { ...patientEntity.keys(record), ttl: 5, ...record }
    expect(patientEntity.parse(item)).toEqual(record)
  })
})

describe('a write', () => {
  const now = '2030-01-01T00:00:00.000Z'
  it('makes the next version, in its new places, on the condition of the one that was read', async () => {
    const booked = await book(await practice.as('front-desk'), practice, '2030-03-04T09:00')
    const write = appointmentEntity.replace(booked, { startsAt: now })
    expect(write.request).toMatchObject({
      Item: { version: booked.version + 1, startsAt: now, gsi1sk: now, gsi3sk: now },
      ConditionExpression: '#version = :version',
      ExpressionAttributeValues: { ':version': booked.version },
    })
    expect(write.record).toEqual({
      entity: 'Appointment',
      id: booked.appointmentId,
      patientId: booked.patientId,
      changed: ['startsAt'],
      version: booked.version + 1,
    })
  })

  it('of bookkeeping has no record of its own', () => {
    const { write } = sessions(binding).open(practice.users.admin, idsAt(now)('ses'), {
      aal: 'aal2',
      amr: ['pwd'],
      next: 'none',
    })
    expect(write.record).toBeUndefined()
    expect(appointments(binding).complete.name).toBe('complete')
  })
})

describe('ttl, in seconds since 1970', () => {
  const seconds = (instant: string) => Date.parse(instant) / 1000

  it('of a session is a day after its absolute deadline', () => {
    const { session, write } = sessions(binding).open(practice.users.admin, idsAt(binding.now)('ses'), {
      aal: 'aal2',
      amr: ['pwd'],
      next: 'none',
    })
    expect((write.request.Item as { ttl: number }).ttl).toBe(Math.ceil(seconds(session.absoluteExpiresAt)) + 86_400)
    const retired = sessions(binding).retire(session)
    expect((retired.request.Item as { ttl: number }).ttl).toBe(Math.ceil(seconds(session.absoluteExpiresAt)) + 86_400)
    expect(sessionEntity.parse(retired.request.Item as Record<string, unknown>).version).toBe(2)
  })

  it('of a device is a day after its deadline', () => {
    const trust = { amr: ['pwd' as const], verifiedAt: binding.now }
    const { device } = devices(binding).trust(practice.users.patient, idsAt(binding.now)('dev'), trust)
    const { request } = deviceEntity.create({ ...device, expiresAt: '2030-02-01T00:00:00.500Z' })
    expect((request.Item as { ttl: number }).ttl).toBe(seconds('2030-02-01T00:00:01.000Z') + 86_400)
  })

  it('of a rate limit is an hour after its window', async () => {
    const subject = randomToken()
    await limits({ ...binding, now: '2030-01-01T00:05:00.000Z' }).take('write', subject)
    const [item] = await itemsAt(`LIMIT#write#${subject}`)
    // A page is ten windows, of which the last is looked back at for one more.
    expect(item?.ttl).toBe(Number(item?.sk) + 11 * quotas.write.window + 3_600)
  })

  it('of a cell is thirty days after it', async () => {
    await book(await practice.as('front-desk'), practice, '2030-03-05T09:00', 5)
    const cells = await itemsAt(`CELL#${practice.practice.practiceId}#${practice.practitioners[0]?.practitionerId}`)
    const cell = cells.find(({ sk }) => sk === '2030-03-05T17:00:00.000Z')
    expect(cell?.ttl).toBe(seconds('2030-03-05T17:00:00.000Z') + 30 * 86_400)
  })
})
