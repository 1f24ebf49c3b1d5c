import { generateSync } from 'otplib'
import { wallTimeOf } from '../../shared/domain/scheduling/wallTime.ts'
import { openSession, password, trustDevice } from '../cloud/practice.ts'
import type { Round } from './round.ts'

/** One walk: what a request needs is made by the requests before it. Each domain's steps stand together. */
export async function walk(round: Round): Promise<void> {
  await signIn(round)
  await register(round)
  const visit = await schedule(round)
  await meet(round, visit.telehealthId)
  await bill(round, visit.appointmentId)
  await lookAfter(round)
  await cleanUp(round)
}

async function signIn(round: Round): Promise<void> {
  const { practice } = round
  const { slug } = practice.practice
  const patient = practice.anybody()
  const body = { practice: slug, email: practice.users.patient.email, password }
  await round.call('auth.login', patient, { body })
  await round.call('sessions.current', patient)
  await round.call('sessions.refresh', patient)
  await round.call('auth.logout', patient)

  const pending = await practice.as('supervisor', { aal: 'pending', next: 'mfa-setup' })
  const { secret } = await round.call('mfa.setup', pending)
  const code = (steps: number) => generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) + steps * 30 })
  // A code works once: the step before goes to the enrolment, the present one to the sign-in.
  const { backupCodes } = await round.call('mfa.enable', pending, { body: { code: code(-1) } })
  // A change of factors begins an epoch: what is planted from here on is of it.
  practice.users.supervisor.sessionEpoch++
  const owing = await practice.as('supervisor', { aal: 'pending', next: 'mfa-verify' })
  await round.call('mfa.verify', owing, { body: { code: code(0) } })
  await round.call('mfa.status', owing)
  await round.call('mfa.step-up', owing, { body: { code: backupCodes[0] } })
  await round.call('mfa.regenerate-backup-codes', owing)
  practice.users.supervisor.sessionEpoch++
}

async function register(round: Round): Promise<void> {
  const desk = await round.practice.as('front-desk')
  const admin = await round.practice.as('admin')
  const biller = await round.practice.as('biller')
  const [, second] = round.practice.practitioners
  const params = { practitionerId: second?.practitionerId ?? '' }
  const { zone, availability } = second ?? {}
  await round.call('practitioners.set-availability', admin, { params, body: { zone, availability } })
  for (const id of ['patients.create', 'patients.list', 'patients.get', 'practitioners.list']) {
    await round.callSample(id, desk)
  }
  await round.callSample('practitioners.create', admin)
  for (const id of ['payers.list', 'coverages.create', 'coverages.list']) await round.callSample(id, biller)
}

/** Books three visits: one to meet and to bill, one to correct the bill of, and one that is moved and cancelled. */
async function schedule(round: Round) {
  const desk = await round.practice.as('front-desk')
  const [practitioner] = round.practice.practitioners
  const practitionerId = practitioner?.practitionerId ?? ''
  const patientId = round.practice.patients[0]?.patientId ?? ''
  const grid = Math.floor(Date.now() / 300_000) * 300_000
  const at = (minutes: number) => wallTimeOf(new Date(grid + minutes * 60_000).toJSON(), practitioner?.zone ?? 'UTC')
  const book = async (minutes: number) => {
    const body = { patientId, practitionerId, start: at(minutes), minutes: 20, modality: 'telehealth' }
    return (await round.call('appointments.create', desk, { body })).appointmentId as string
  }
  await round.call('slots.list', desk, { params: { practitionerId }, query: { date: at(0).slice(0, 10) } })

  const moved = await book(2 * 24 * 60)
  const body = { practitionerId, start: at(3 * 24 * 60), minutes: 20 }
  await round.call('appointments.reschedule', desk, { params: { appointmentId: moved }, body })
  await round.call('appointments.cancel', desk, { params: { appointmentId: moved } })

  const appointmentId = await book(-20)
  round.know(appointmentId)
  const { telehealthId } = await round.call('telehealth.create', desk, { params: { appointmentId } })
  round.know(telehealthId)
  const practitionerClient = await round.practice.as('practitioner')
  await round.call('appointments.complete', practitionerClient, { params: { appointmentId } })
  await round.call('appointments.get', desk, { params: { appointmentId } })
  await round.call('appointments.list', desk, { query: { patientId }, variant: "a patient's" })
  await round.call('appointments.list', desk, { query: { practitionerId }, variant: "a practitioner's" })
  return { appointmentId, telehealthId: telehealthId as string }
}

async function meet(round: Round, telehealthId: string): Promise<void> {
  const host = await round.practice.as('practitioner')
  const patient = await round.practice.as('patient')
  const params = { telehealthId }
  await round.call('telehealth.join', host, { params, variant: 'host' })
  await round.call('telehealth.join', patient, { params, variant: 'waits' })
  await round.call('telehealth.get', host, { params })
  await round.call('telehealth.admit', host, { params, body: { userId: round.practice.users.patient.userId } })
  await round.call('telehealth.join', patient, { params, variant: 'admitted' })
  await round.call('telehealth.end', host, { params })
}

async function bill(round: Round, appointmentId: string): Promise<void> {
  const biller = await round.practice.as('biller')
  const [patient] = round.practice.patients
  const patientId = patient?.patientId ?? ''
  const day = new Date().toJSON().slice(0, 10)
  const claim = await round.call('claims.create', biller, {
    body: {
      appointmentId,
      patientId,
      coverageId: patient?.coverage.coverageId,
      renderingPractitionerId: round.practice.practitioners[0]?.practitionerId,
      content: contentOf(day),
    },
  })
  const params = { claimId: claim.claimId as string }
  round.know(params.claimId)
  const { version } = await round.call('claims.update', biller, {
    params,
    body: { version: claim.version, content: contentOf(day) },
  })
  await round.call('claims.submit', biller, { params })
  await round.call('claims.get', biller, { params })
  await round.call('claims.list', biller, { query: { patientId }, variant: "a patient's" })
  await round.call('claims.list', biller, { query: { transmission: 'queued' }, variant: 'in one state' })
  await send(round, version + 1)
}

/** The queue's message in place of the consumers, which do not run by themselves here. */
async function send(round: Round, submission: number): Promise<void> {
  const numbered = (event: object) =>
    JSON.parse(
      JSON.stringify(event)
        .replaceAll('SUBMISSION#2', `SUBMISSION#${submission}`)
        .replaceAll('"submission":{"N":"2"}', `"submission":{"N":"${submission}"}`)
        .replaceAll('\\"submission\\":2', `\\"submission\\":${submission}`),
    ) as object
  await round.recorder.invoke('claims.dispatch', numbered(round.sample('claims.dispatch')))
  await round.recorder.invoke('claims.transmit', numbered(round.sample('claims.transmit')))
  await round.work('claims.collect')
  await round.work('claims.redispatch')
}

async function lookAfter(round: Round): Promise<void> {
  const auditor = await round.practice.as('auditor')
  const patientId = round.practice.patients[0]?.patientId ?? ''
  await round.call('audit.list', auditor, { query: { patientId, limit: '25' }, variant: "a patient's" })
  const day = new Date().toJSON().slice(0, 10)
  await round.call('audit.list', auditor, { query: { day, limit: '25' }, variant: "a day's" })
  await round.call('health.detailed', auditor)
  for (const id of ['health.basic', 'health.live', 'health.ready', 'docs.openapi', 'docs.page']) {
    await round.call(id, round.practice.anybody())
  }
}

/** Something to remove for each cleanup: one that finds nothing would look cheaper than it is. */
async function cleanUp(round: Round): Promise<void> {
  const { patient } = round.practice.users
  const dayBefore = new Date(Date.now() - 24 * 60 * 60_000).toJSON()
  await openSession(patient, undefined, dayBefore)
  await round.work('maintenance.clean-sessions')
  await trustDevice(patient, dayBefore)
  await round.work('maintenance.clean-devices')
}

/** A half-hour psychotherapy session by video, patient at home. */
export const contentOf = (date: string) => ({
  placeOfService: '10',
  diagnoses: ['F41.1'],
  lines: [
    { date, procedure: '90832', modifiers: ['95'], charge: 9_500, units: 1, minutes: 20, diagnosisPointers: [1] },
  ],
  signatureOnFile: true,
  assignsBenefits: 'Y',
  releaseOfInformation: 'Y',
  acceptsAssignment: 'A',
})
