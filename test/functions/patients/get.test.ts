import { beforeAll, describe, expect, it } from 'vitest'
import { newPractice, type TestPractice } from '../../harness/index.ts'

describe('GET /patients/{patientId}', () => {
  let practice: TestPractice
  let other: TestPractice
  beforeAll(async () => {
    ;[practice, other] = await Promise.all([newPractice(), newPractice()])
  })

  const idOf = ({ patients }: TestPractice, index: number) => ({ patientId: patients[index]?.patientId ?? '' })

  it.each(['practitioner', 'supervisor', 'biller', 'front-desk', 'admin'] as const)(
    '200 shows any patient of the practice to a %s',
    async role => {
      const { status, body } = await (await practice.as(role)).call('patients.get', { params: idOf(practice, 1) })
      const { coverage: _, ...patient } = practice.patients[1] as TestPractice['patients'][number]
      expect([status, body]).toEqual([200, patient])
    },
  )

  it('200 audits who saw whom', async () => {
    const biller = await practice.as('biller')
    const answer = await biller.call('patients.get', { params: idOf(practice, 2) })
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'patients.get',
        verb: 'R',
        outcome: 'success',
        status: 200,
        actor: expect.objectContaining({ id: biller.user.userId, role: 'biller' }),
        entity: { type: 'Patient', id: idOf(practice, 2).patientId },
        ...idOf(practice, 2),
        source: { address: '192.0.2.10', client: 'vitest' },
      }),
    ])
  })

  it('200 shows a patient themselves', async () => {
    const { status, body } = await (await practice.as('patient')).call('patients.get', { params: idOf(practice, 0) })
    expect([status, body.patientId]).toEqual([200, idOf(practice, 0).patientId])
  })

  it('404 hides another patient from a patient, and records the attempt', async () => {
    const patient = await practice.as('patient')
    const answer = await patient.call('patients.get', { params: idOf(practice, 1) })
    expect([answer.status, answer.body.code]).toEqual([404, 'patient-not-found'])
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        outcome: 'denied',
        reason: 'patient-not-found',
        actor: expect.objectContaining({ id: patient.user.userId, role: 'patient' }),
        ...idOf(practice, 1),
      }),
    ])
  })

  it("404 says the same of nobody and of another practice's patient", async () => {
    const admin = await practice.as('admin')
    const nobody = await admin.call('patients.get', { params: { patientId: `pat_${'0'.repeat(20)}` } })
    const foreign = await admin.call('patients.get', { params: idOf(other, 0) })
    const told = [nobody, foreign].map(({ status, body: { instance: _, ...body } }) => ({ status, body }))
    expect(told[0]).toMatchObject({ status: 404, body: { code: 'patient-not-found' } })
    expect(told[1]).toEqual(told[0])
  })

  it('404 for an auditor, who reads the trail and no chart', async () => {
    const answer = await (await practice.as('auditor')).call('patients.get', { params: idOf(practice, 0) })
    expect([answer.status, answer.body.code]).toEqual([404, 'forbidden'])
  })

  it.each(['me', 'pat_1', `pat_${'0'.repeat(21)}`, `usr_${'0'.repeat(20)}`, `pat_${'o'.repeat(20)}`, '../patients'])(
    '400 for the id %s',
    async patientId => {
      const { status, body } = await (await practice.as('admin')).call('patients.get', { params: { patientId } })
      expect([status, body.errors[0].path]).toEqual([400, 'params.patientId'])
    },
  )
})
