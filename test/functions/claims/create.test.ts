import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { ago, book, fields, tally, told } from '../appointments/fixture.ts'
import { claimNow, content, draft, draftBody, visit } from './fixture.ts'

describe('POST /claims', () => {
  let practice: TestPractice
  let admin: Client
  const create = (body: object, client = admin) => client.call('claims.create', { body })
  const claimsOf = (patient: number) =>
    itemsAt(`CLAIM#${practice.practice.practiceId}#PATIENT#${practice.patients[patient]?.patientId}`, 'gsi3')
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
  })

  it('201 copies the chart, sums the lines, marks the appointment and audits it', async () => {
    const body = await draftBody(practice, admin)
    const line = content.lines[0]
    const lines = [line, { ...line, procedure: '90785', charge: 1_550, minutes: undefined }]
    const answer = await create({ ...body, content: { ...content, lines } })
    expect(answer.status).toBe(201)
    const [patient] = practice.patients
    const { taxId, ...billing } = practice.practice.billing
    expect(answer.body).toMatchObject({
      status: 'draft',
      frequency: '1',
      transmission: 'none',
      acknowledgements: [],
      total: 19_050,
      billing,
      payer: patient?.coverage.payer,
      subscriber: patient?.coverage.subscriber,
      relationship: '18',
      patient: { name: patient?.name, birthDate: patient?.birthDate, gender: 'F', address: patient?.address },
      rendering: { practitionerId: body.renderingPractitionerId, npi: practice.practitioners[0]?.npi },
      version: 1,
    })
    expect(JSON.stringify(answer.body)).not.toContain(taxId)
    expect(await claimNow(answer.body)).toMatchObject({ content: answer.body.content, billing: { taxId } })
    const appointment = await admin.call('appointments.get', { params: { appointmentId: body.appointmentId } })
    expect(appointment.body).toMatchObject({ claimId: answer.body.claimId, version: 3 })
    expect(await practice.recordsOf(answer)).toMatchObject([
      {
        verb: 'C',
        outcome: 'success',
        entity: { type: 'Claim', id: answer.body.claimId },
        patientId: patient?.patientId,
        purposeOfUse: 'HPAYMT',
        changed: expect.arrayContaining(['content', 'claimId']),
      },
    ])
  })

  it('201 to a practitioner, and for a child on a parent’s policy', async () => {
    const { relationship, subscriber, patient } = await draft(practice, admin, 1)
    expect({ relationship, subscriber: subscriber.name.given, patient: patient.name.given }).toEqual({
      relationship: '19',
      subscriber: 'Marta',
      patient: 'Theo',
    })
    const practitioner = await practice.as('practitioner')
    expect(told(await create(await draftBody(practice, admin), practitioner))).toBe('201')
  })

  it('201 once when twenty claim one appointment at once', async () => {
    const before = await claimsOf(2)
    const body = await draftBody(practice, admin, 2)
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(body)))
    expect(tally(answers)).toEqual({ '201': 1, '409 already-claimed': 19 })
    const claims = (await claimsOf(2)).slice(before.length)
    expect(claims.map(({ claimId }) => claimId)).toEqual([answers.find(({ status }) => status === 201)?.body.claimId])
    expect(told(await create(body))).toBe('409 already-claimed')
  })

  it('409 when the appointment is only booked, or was cancelled', async () => {
    const body = await draftBody(practice, admin)
    const booked = await book(admin, practice, ago(60), 5)
    const refused = await create({ ...body, appointmentId: booked.appointmentId })
    expect(told(refused)).toBe('409 appointment-not-fulfilled')
    expect(await practice.recordsOf(refused)).toMatchObject([
      { outcome: 'denied', reason: 'appointment-not-fulfilled', patientId: body.patientId },
    ])
    await admin.call('appointments.cancel', { params: { appointmentId: booked.appointmentId } })
    expect(told(await create({ ...body, appointmentId: booked.appointmentId }))).toBe('409 appointment-not-fulfilled')
  })

  it('422 when patient, appointment and coverage do not belong together', async () => {
    const body = await draftBody(practice, admin)
    const other = practice.patients[1]
    for (const wrong of [
      { patientId: other?.patientId },
      { coverageId: other?.coverage.coverageId },
      { appointmentId: (await visit(practice, admin, 1)).appointmentId },
    ]) {
      const answer = await create({ ...body, ...wrong })
      expect(told(answer)).toBe('422 claim-parties-differ')
      expect(fields(answer)).toEqual(['body.patientId'])
    }
    expect(told(await create(body))).toBe('201')
  })

  it('404 for whatever is another practice’s, each by its name', async () => {
    const body = await draftBody(practice, admin)
    const stranger = await newPractice()
    const strangers = await draftBody(stranger, await stranger.as('admin'))
    for (const [field, code] of [
      ['appointmentId', 'appointment-not-found'],
      ['patientId', 'patient-not-found'],
      ['coverageId', 'coverage-not-found'],
      ['renderingPractitionerId', 'practitioner-not-found'],
    ] as const) {
      const answer = await create({ ...body, [field]: strangers[field] })
      expect(told(answer)).toBe(`404 ${code}`)
      expect(fields(answer)).toEqual([`body.${field}`])
    }
    expect(told(await create(body))).toBe('201')
  })

  it('404 to roles that may not bill', async () => {
    const body = await draftBody(practice, admin)
    for (const role of ['patient', 'front-desk', 'auditor'] as const) {
      expect(told(await create(body, await practice.as(role)))).toBe('404 forbidden')
    }
  })

  it.each([
    ['body.content.lines.0.charge', { lines: [{ ...content.lines[0], charge: 175.5 }] }],
    ['body.content.lines.0.procedure', { lines: [{ ...content.lines[0], procedure: 'therapy' }] }],
    ['body.content.lines', { lines: [] }],
    ['body.content.lines', { lines: Array(51).fill(content.lines[0]) }],
    ['body.content.diagnoses.0', { diagnoses: ['anxiety'] }],
    ['body.content.signatureOnFile', { signatureOnFile: 'yes' }],
    ['body.content.total', { total: 5 }],
  ])('400 when %s is wrong', async (path, wrong) => {
    const id = '00000000000000000000'
    const ids = { appointmentId: `apt_${id}`, patientId: `pat_${id}`, coverageId: `cov_${id}` }
    const body = { ...ids, renderingPractitionerId: `prn_${id}`, content: { ...content, ...wrong } }
    const answer = await create(body)
    expect(told(answer)).toBe('400 validation-failed')
    expect(fields(answer)).toEqual([path])
    expect(JSON.stringify(answer.body)).not.toMatch(/anxiety|therapy/)
  })
})
