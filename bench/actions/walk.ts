import { createHash, randomBytes } from 'node:crypto'
import { generateSync } from 'otplib'
import { wallTimeOf } from '../../shared/domain/scheduling/wallTime.ts'
import type { Client } from '../cloud/client.ts'
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
  await protect(round)
  await connect(round)
  await endSessions(round)
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
  await trust(round, owing)
}

/** The browser is trusted, signs in without a factor, and is forgotten. */
async function trust(round: Round, client: Client): Promise<void> {
  const { slug } = round.practice.practice
  const { supervisor } = round.practice.users
  const { deviceId } = await round.call('devices.trust', client)
  await round.call('devices.list', client)
  const body = { practice: slug, email: supervisor.email, password }
  await round.call('auth.login', client, { body, variant: 'from a trusted browser' })
  await round.call('devices.remove', client, { params: { deviceId } })
  await trustDevice(supervisor, new Date(Date.now() + 60_000).toJSON())
  await round.call('devices.remove-all', client)
}

/** Sessions that are listed, kept and ended, and more of a patient's than there may be. What is planted later is of an epoch that is over. */
async function endSessions(round: Round): Promise<void> {
  const { practice } = round
  const [here, admin] = [await practice.as('auditor'), await practice.as('admin')]
  await practice.as('auditor')
  const { items } = await round.call('sessions.list', here)
  const { sessionId } = items.find(({ current }: { current: boolean }) => !current)
  await round.call('sessions.revoke', here, { params: { sessionId } })
  await round.call('sessions.keep-alive', here)
  const params = { userId: practice.users.patient.userId }
  for (let opened = 0; opened < 11; opened++) await practice.as('patient')
  await round.work('sessions.evict')
  await round.call('sessions.list-of-user', admin, { params })
  await round.call('sessions.revoke-of-user', admin, { params })
  const renewed = await practice.as('supervisor')
  await round.call('sessions.revoke-others', renewed)
  await round.call('sessions.revoke-all', renewed)
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
  const query = { action: 'appointments.create', day, limit: '25' }
  await round.call('audit.list', auditor, { query, variant: "an action's" })
  await round.call('audit.who-viewed', await round.practice.as('patient'), { params: { patientId } })
  await round.call('health.detailed', auditor)
  for (const id of ['health.basic', 'health.live', 'health.ready', 'docs.openapi', 'docs.page']) {
    await round.call(id, round.practice.anybody())
  }
}

/** A restricted record that opens in an emergency, what its patient consents to, and what is said of it. */
async function protect(round: Round): Promise<void> {
  const { practice } = round
  const [admin, practitioner] = [await practice.as('admin'), await practice.as('practitioner')]
  const patientId = practice.patients[0]?.patientId ?? ''
  const params = { patientId }
  const careTeam = [practice.practitioners[1]?.practitionerId]
  const restrict = (confidentiality: string) =>
    round.call('patients.set-restriction', admin, {
      params,
      body: { confidentiality, careTeam, withheldFromPayers: false },
      variant: confidentiality,
    })
  await restrict('restricted')
  const body = { patientId, purposeOfUse: 'ETREAT', explanation: 'Brought in unconscious', minutes: 5 }
  const started = await round.call('breakglass.start', practitioner, { body })
  const { userId, breakGlassId } = started
  await round.call('patients.get', practitioner, { params, variant: 'in an emergency' })
  await round.call('breakglass.list-own', practitioner)
  await round.call('breakglass.list', admin)
  await round.call('breakglass.end', practitioner, { params: { breakGlassId } })
  const decision = { decision: 'justified', note: 'It was one' }
  await round.call('breakglass.review', admin, { params: { userId, breakGlassId }, body: decision })
  await restrict('normal')

  for (const id of ['consents.texts', 'consents.list', 'consents.withdraw']) await round.callSample(id, practitioner)
  for (const id of ['consents.grant', 'disclosures.record', 'disclosures.report'])
    await round.callSample(id, practitioner)
  await round.callSample('consents.publish-text', admin)
  const { version } = await round.call('patients.get', practitioner, { params })
  await round.call('patients.update', practitioner, {
    params,
    body: { version, reason: 'Misheard', phone: '5035550188' },
  })
  await round.callSample('patients.history', practitioner)
  const request = await round.call('amendments.request', practitioner, { params, body: { request: 'I never smoked' } })
  round.know(request.amendmentId)
  await round.call('amendments.list', practitioner, { query: { patientId }, variant: "a patient's" })
  await round.callSample('amendments.list', practitioner)
  await round.callSample('amendments.decide', practitioner)
}

/** A program with a key and with a token of it, and an app that a user lets in. */
async function connect(round: Round): Promise<void> {
  const admin = await round.practice.as('admin')
  const anybody = round.practice.anybody()
  await round.work('maintenance.rotate-signing-keys')
  const settings = { name: 'A program', addresses: [], limit: 'high', days: 30, scopes: ['patient:read'] }
  const { keyId, secret } = await round.call('apikeys.create', admin, { body: settings })
  round.know(keyId)
  const body = { grant_type: 'client_credentials', client_secret: secret }
  const { access_token } = await round.call('oauth.token', anybody, { body, variant: 'a key' })
  await round.call('patients.list', round.practice.holding(secret), { variant: 'with a key' })
  await round.call('patients.list', round.practice.holding(access_token), { variant: "with a key's token" })
  for (const id of ['apikeys.list', 'apikeys.rotate', 'apikeys.revoke']) await round.callSample(id, admin)
  await round.call('oauth.jwks', anybody)

  const client_id = 'haven-desktop'
  const redirect_uri = 'http://127.0.0.1:51004/callback'
  const code_verifier = randomBytes(32).toString('base64url')
  const code_challenge = createHash('sha256').update(code_verifier).digest('base64url')
  const asked = { response_type: 'code', client_id, redirect_uri, code_challenge, code_challenge_method: 'S256' }
  const { redirectTo } = await round.call('oauth.authorize-native', admin, { body: { ...asked, state: 'bench' } })
  const code = new URL(redirectTo).searchParams.get('code')
  const app = await round.call('oauth.token', anybody, {
    body: { grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier },
    variant: 'a code',
  })
  await round.call('patients.list', round.practice.holding(app.access_token), { variant: "with an app's token" })
  const { refresh_token } = await round.call('oauth.token', anybody, {
    body: { grant_type: 'refresh_token', client_id, refresh_token: app.refresh_token },
    variant: 'a refresh token',
  })
  await round.call('oauth.revoke', anybody, { body: { token: refresh_token, client_id } })
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
