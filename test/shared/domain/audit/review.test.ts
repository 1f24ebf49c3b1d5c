import { describe, expect, it } from 'vitest'
import { newReview } from '../../../../shared/domain/audit/review.ts'
import { nextReviewDay } from '../../../../shared/domain/audit/reviewDay.ts'
import { idsAt } from '../../../../shared/kernel/random.ts'
import type { AuditEvent } from '../../../../shared/schema/audit.ts'
import { ReviewThresholds } from '../../../../shared/schema/auditReviews.ts'
import type { PatientId } from '../../../../shared/schema/ids.ts'

const zone = 'America/Los_Angeles'
/** A Monday, 09:00 in Los Angeles. */
const morning = Date.parse('2026-11-23T17:00:00.000Z')
const minutes = (count: number) => morning + count * 60_000
const patient = (number: number) => `pat_${String(number).padStart(20, '0')}` as PatientId

const event = (ms: number, change: Partial<AuditEvent> & { actor?: AuditEvent['actor'] } = {}): AuditEvent => {
  const recordedAt = new Date(ms).toJSON()
  return {
    auditEventId: idsAt(recordedAt)('aud'),
    practiceId: 'prc_0HARBXR0000000000000',
    recordedAt,
    actor: { type: 'user', id: 'usr_1', role: 'practitioner' },
    name: 'patients.get',
    verb: 'R',
    outcome: 'success',
    entity: { type: 'Patient', id: patient(1) },
    patientId: patient(1),
    purposeOfUse: 'TREAT',
    source: { address: '192.0.2.10', client: 'vitest' },
    requestId: 'r',
    elapsed: 1,
    schema: 1,
    ...change,
  }
}

const nobody = { person: () => undefined, patient: () => undefined }
const anomalies = (
  events: AuditEvent[],
  known: Parameters<ReturnType<typeof newReview>['anomalies']>[0] = nobody,
  change: object = {},
) => {
  const review = newReview(ReviewThresholds.parse(change), zone)
  for (const each of events) review.see(each)
  return review.anomalies(known)
}
const kinds = (...given: Parameters<typeof anomalies>) => anomalies(...given).map(({ kind }) => kind)
const count = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index))

describe('after hours', () => {
  const night = Date.parse('2026-11-24T06:00:00.000Z')

  it('is by the clock of the practice, and worth a look from five accesses on', () => {
    const late = count(5, index => event(night + index * 60_000))
    expect(anomalies(late)).toEqual([
      {
        kind: 'after-hours',
        actor: { type: 'user', id: 'usr_1' },
        count: 5,
        from: late[0]?.recordedAt,
        to: late[4]?.recordedAt,
        events: late.map(({ auditEventId }) => auditEventId),
      },
    ])
    expect(anomalies(late.slice(1))).toEqual([])
    expect(anomalies(count(5, index => event(minutes(index))))).toEqual([])
  })

  it('begins when the practice closes and ends when it opens', () => {
    const at = (wall: string) => count(5, () => event(Date.parse(`2026-11-23T${wall}:00.000-08:00`)))
    expect(kinds(at('19:59'))).toEqual([])
    expect(kinds(at('20:00'))).toEqual(['after-hours'])
    expect(kinds(at('06:59'))).toEqual(['after-hours'])
    expect(kinds(at('07:00'))).toEqual([])
  })

  it('is all of a day on which the practice does not work', () => {
    const sunday = count(5, index => event(minutes(index) - 24 * 3_600_000))
    expect(kinds(sunday)).toEqual(['after-hours'])
    expect(kinds(sunday, nobody, { workingDays: [7] })).toEqual([])
  })

  it('is nothing of patients, programs and workers', () => {
    for (const actor of [
      { type: 'user', id: 'usr_2', role: 'patient' },
      { type: 'client', id: 'key_1' },
      { type: 'system', id: 'claims.collect' },
    ] as const) {
      expect(anomalies(count(50, index => event(night + index, { actor, patientId: patient(index) })))).toEqual([])
    }
  })
})

describe('many patients', () => {
  const look = (index: number, ms: number) => event(ms, { patientId: patient(index) })

  it('are different ones within any hour', () => {
    const forty = count(40, index => look(index, minutes(index)))
    expect(anomalies(forty)).toMatchObject([{ kind: 'many-patients', count: 40, from: forty[0]?.recordedAt }])
    expect(kinds(count(40, index => look(index, minutes(index * 2))))).toEqual([])
    expect(kinds(count(80, index => look(index % 39, minutes(index / 2))))).toEqual([])
  })

  it('are counted over an hour that begins at any minute', () => {
    expect(kinds(count(40, index => look(index, minutes(31 + index))))).toEqual(['many-patients'])
  })

  it('names at most twenty records', () => {
    expect(anomalies(count(60, index => look(index, minutes(index / 2))))[0]?.events).toHaveLength(20)
  })
})

describe('refusals', () => {
  const refusal = (ms: number, change: Partial<AuditEvent> = {}) => event(ms, { outcome: 'denied', ...change })

  it('are of an actor and of an address, and ten within ten minutes', () => {
    const ten = count(10, index => refusal(minutes(index)))
    expect(anomalies(ten).map(({ kind, actor, address, count }) => [kind, actor?.id ?? address, count])).toEqual([
      ['refusals', 'usr_1', 10],
      ['refusals', '192.0.2.10', 10],
    ])
    expect(anomalies(count(10, index => refusal(minutes(index * 1.2))))).toEqual([])
    expect(anomalies(ten.slice(1))).toEqual([])
  })

  it('of nobody who is known are the address’s, and failures count like denials', () => {
    const actor = { type: 'anonymous', id: 'anonymous' } as const
    const failed = count(10, index => refusal(minutes(index / 2), { actor, outcome: 'failed' }))
    expect(anomalies(failed)).toMatchObject([{ address: '192.0.2.10', count: 10 }])
    expect(anomalies(failed)[0]).not.toHaveProperty('actor')
  })

  it('are no access to the patient', () => {
    const vip = { person: () => undefined, patient: () => ({ confidential: true, familyName: 'X' }) }
    expect(anomalies([refusal(morning)], vip)).toEqual([])
  })
})

describe('a patient who is not just anybody', () => {
  const subject = { confidential: false, email: 'ines@patients.example', phone: '5035550141', familyName: 'Ferreira' }
  const seen = [event(morning), event(minutes(1))]
  const of = (person: object | undefined, change: object = {}) => ({
    person: () => person,
    patient: () => ({ ...subject, ...change }),
  })

  it('is one whose record is confidential', () => {
    expect(anomalies(seen, of(undefined, { confidential: true }))).toMatchObject([
      { kind: 'confidential-patient', patientId: patient(1), count: 2 },
    ])
    expect(anomalies(seen, of(undefined))).toEqual([])
  })

  it.each([
    ['their own record', { patientId: patient(1) }, 'own-record', ['patient-id']],
    ['a record with their e-mail', { email: 'Ines@patients.example' }, 'own-record', ['email']],
    ['their household', { phone: '5035550141' }, 'own-family', ['phone']],
    ['their family name', { familyName: 'FERREÍRA' }, 'own-family', ['family-name']],
  ])('is %s', (_, person, kind, likeness) => {
    expect(anomalies(seen, of(person))).toMatchObject([{ kind, likeness, count: 2, patientId: patient(1) }])
  })

  it('is nobody for what is not known of either', () => {
    expect(anomalies(seen, of({ familyName: '' }, { familyName: '', email: undefined, phone: undefined }))).toEqual([])
  })

  it('is nobody of the same name where the practice says so', () => {
    expect(anomalies(seen, of({ familyName: 'Ferreira' }), { sameFamilyName: false })).toEqual([])
    expect(kinds(seen, of({ familyName: 'Ferreira', phone: '5035550141' }), { sameFamilyName: false })).toEqual([
      'own-family',
    ])
  })
})

it('finds what takes many records out at once, of people and of programs', () => {
  const actor = { type: 'client', id: 'key_1' } as const
  const { patientId: _, ...taken } = event(morning, { name: 'exports.start', actor })
  expect(anomalies([taken])).toMatchObject([{ kind: 'bulk-access', actor, count: 1 }])
})

it('puts the gravest first', () => {
  const vip = {
    person: () => ({ patientId: patient(1), familyName: 'Other' }),
    patient: () => ({ confidential: true, familyName: 'X' }),
  }
  const night = Date.parse('2026-11-24T06:00:00.000Z')
  expect(
    kinds(
      count(5, index => event(night + index)),
      vip,
    ),
  ).toEqual(['own-record', 'confidential-patient', 'after-hours'])
})

describe('the next day to review', () => {
  const practice = { createdAt: '2026-11-20T20:00:00.000Z', zone }

  it('is the one after the last, and never one that is not over', () => {
    expect(nextReviewDay('2026-11-20', practice, '2026-11-23T17:00:00.000Z')).toBe('2026-11-21')
    expect(nextReviewDay('2026-11-22', practice, '2026-11-23T17:00:00.000Z')).toBeUndefined()
  })

  it('is over an hour after midnight there', () => {
    expect(nextReviewDay('2026-11-21', practice, '2026-11-23T08:59:00.000Z')).toBeUndefined()
    expect(nextReviewDay('2026-11-21', practice, '2026-11-23T09:00:00.000Z')).toBe('2026-11-22')
  })

  it('of a practice without a review is the day of its birth, or a month ago', () => {
    expect(nextReviewDay(undefined, practice, '2026-11-23T17:00:00.000Z')).toBe('2026-11-20')
    expect(nextReviewDay(undefined, practice, '2027-11-23T17:00:00.000Z')).toBe('2027-10-23')
  })
})
