import { beforeEach, describe, expect, it } from 'vitest'
import { itemsAt, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { findingsOf, recordAt, review } from './reviews.ts'

describe('the review of a day', () => {
  let practice: TestPractice
  const day = '2026-03-08'
  /** The first and the last minute of that day in Los Angeles, on which clocks go forward, and those beside it. */
  const [before, first, last, after] = [
    '2026-03-08T07:59:59.000Z',
    '2026-03-08T08:00:00.000Z',
    '2026-03-09T06:59:59.999Z',
    '2026-03-09T07:00:00.000Z',
  ]
  const reviewsOf = ({ practice: { practiceId } }: TestPractice) => itemsAt(`AUDITREVIEW#${practiceId}`)
  const access = (at: string, patient = 0, role: 'practitioner' | 'biller' = 'practitioner') =>
    recordAt(practice, at, {
      actor: { type: 'user', id: practice.users[role].userId, role },
      name: 'patients.get',
      outcome: 'success',
      patientId: practice.patients[patient]?.patientId,
    })
  beforeEach(async () => {
    practice = await newPractice()
  })

  it('reads exactly the day of the practice, in both days of UTC that it touches', async () => {
    for (const at of [before, first, last, after] as string[]) await access(at, 1)
    await review(practice, day)
    expect(await reviewsOf(practice)).toMatchObject([
      { day, from: first, to: after, records: 2, findings: 0, more: 0, version: 1 },
    ])
  })

  it('finds a look at a confidential patient and at one of one’s own, whatever role', async () => {
    const { confidentiality: _, coverage: __, ...patient } = practice.patients[1]!
    const items = await itemsAt(`PATIENT#${patient.practiceId}#${patient.patientId}`)
    await plant({ ...items[0], confidentiality: 'very-restricted' })
    await access('2026-03-08T18:00:00.000Z', 1, 'biller')
    const own = practice.patients[2]!
    const [user] = await itemsAt(`USER#${practice.practice.practiceId}#${practice.users.practitioner.userId}`)
    await plant({ ...user, phone: own.phone ?? '5035550199' })
    const [subject] = await itemsAt(`PATIENT#${own.practiceId}#${own.patientId}`)
    await plant({ ...subject, phone: own.phone ?? '5035550199' })
    await access('2026-03-08T18:30:00.000Z', 2)
    await review(practice, day)
    expect(await findingsOf(practice, day)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'confidential-patient',
          actor: { type: 'user', id: practice.users.biller.userId },
          patientId: patient.patientId,
          status: 'open',
        }),
        expect.objectContaining({ kind: 'own-family', likeness: ['phone'], patientId: own.patientId }),
      ]),
    )
    expect(await findingsOf(practice, day)).toHaveLength(2)
  })

  it('is made once, however often it is asked for', async () => {
    for (let times = 0; times < 5; times++) await access('2026-03-08T10:00:00.000Z')
    await Promise.all([review(practice, day), review(practice, day)])
    const [made] = await reviewsOf(practice)
    await review(practice, day)
    expect(await reviewsOf(practice)).toEqual([made])
    expect(await findingsOf(practice, day)).toHaveLength(1)
    const records = (await practice.trail()).filter(({ name }) => name === 'audit.review')
    expect(records).toMatchObject([
      { verb: 'C', outcome: 'success', entity: { type: 'AuditReview', id: day }, actor: { type: 'system' } },
    ])
    // It is nobody's record.
    expect(records[0]).not.toHaveProperty('patientId')
  })

  it('follows the practice’s own thresholds', async () => {
    await access('2026-03-08T10:00:00.000Z')
    const set = await (await practice.as('admin')).call('audit.set-thresholds', { body: { afterHours: 1 } })
    expect([set.status, set.body]).toMatchObject([200, { afterHours: 1, opens: '07:00', patientsInAnHour: 40 }])
    await review(practice, day)
    expect(await findingsOf(practice, day)).toMatchObject([{ kind: 'after-hours', count: 1 }])
    expect((await reviewsOf(practice))[0]).toMatchObject({ thresholds: { afterHours: 1 } })
  })

  it('names nobody and no address of a patient', async () => {
    for (let times = 0; times < 5; times++) await access('2026-03-08T10:00:00.000Z')
    await review(practice, day)
    expect(JSON.stringify(await findingsOf(practice, day))).not.toMatch(/Ferreira|Okafor|@/)
  })
})
