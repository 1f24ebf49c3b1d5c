import { setTimeout as pause } from 'node:timers/promises'
import { wallTimeOf } from '../../shared/domain/scheduling/wallTime.ts'
import { Client, Refusal } from './client.ts'
import type { Report } from './report.ts'

/** Minutes before now and length of the visits to try: one that has just ended, or shorter ones beside earlier tours'. */
const visits = [
  [20, 20],
  [0, 5],
  [5, 5],
  [10, 5],
  [15, 5],
] as const

/** The main job on real input, as pages of the portal do it: from a sign-in to an accepted claim, a call, and the trail of it all. */
export async function journey(base: string, report: Report): Promise<void> {
  const as = (role: string) => new Client(base, role, report)

  report.chapter('The front desk books a visit')
  const desk = as('front-desk')
  await desk.signIn()
  const { items: practitioners } = await desk.get('practitioners', '/practitioners')
  const { items: patients } = await desk.get('patients', '/patients')
  const patient = as('patient')
  const { patientId } = await patient.signIn()
  const practitioner = as('practitioner')
  const { practitionerId } = await practitioner.signIn()
  const { zone } = practitioners.find((one: { practitionerId: string }) => one.practitionerId === practitionerId)
  const today = wallTimeOf(new Date().toJSON(), zone).slice(0, 10)
  await desk.get('free slots of today', `/practitioners/${practitionerId}/slots?date=${today}`)
  const { appointmentId } = await book(desk, report, { patientId, practitionerId, zone })
  const { telehealthId } = await desk.post('prepare telehealth', `/appointments/${appointmentId}/telehealth`)
  report.note(`${patients.length} patients; ${appointmentId} is booked`)

  report.chapter('The visit is completed and billed')
  await practitioner.post('complete the appointment', `/appointments/${appointmentId}/completion`)
  const biller = as('biller')
  await biller.signIn()
  const { items: coverages } = await biller.get('coverages', `/patients/${patientId}/coverages`)
  const date = (await biller.get('the appointment', `/appointments/${appointmentId}`)).start.slice(0, 10)
  const claim = await biller.post('draft the claim', '/claims', {
    appointmentId,
    patientId,
    coverageId: coverages[0].coverageId,
    renderingPractitionerId: practitionerId,
    content: contentOf(date, coverages[0].payer.videoModifier),
  })
  await biller.post('submit the claim', `/claims/${claim.claimId}/submission`)
  await untilAccepted(base, biller, report, claim.claimId)

  report.chapter('They meet')
  const host = await practitioner.post('join', `/telehealth/${telehealthId}/join`)
  await patient.post('join: waits', `/telehealth/${telehealthId}/join`)
  const { participants } = await practitioner.get('who waits', `/telehealth/${telehealthId}`)
  const waiting = participants.find((one: { status: string }) => one.status === 'waiting')
  await practitioner.post('admit', `/telehealth/${telehealthId}/admissions`, { userId: waiting.userId })
  const guest = await patient.post('join: admitted', `/telehealth/${telehealthId}/join`)
  if (guest.meeting.meetingId !== host.meeting.meetingId) throw new Error('they are in different meetings')
  report.note(`both are in meeting ${host.meeting.meetingId}`)
  await practitioner.post('end the session', `/telehealth/${telehealthId}/end`)

  await emergency(as, report, { patientId, practitionerId, practitioners })

  report.chapter('The trail of it all')
  const auditor = as('auditor')
  await auditor.signIn()
  const { items: trail } = await auditor.get("the patient's trail", `/audit-events?patientId=${patientId}&limit=40`)
  for (const { recordedAt, actor, name, outcome, entity } of trail.reverse()) {
    report.note(
      `${recordedAt.slice(11, 19)} ${(actor.role ?? actor.id).padEnd(17)} ${name.padEnd(24)} ${outcome.padEnd(8)} ${entity.type}`,
    )
  }
  const names = new Set(trail.map(({ name }: { name: string }) => name))
  for (const name of [
    'claims.submit',
    'claims.transmit',
    'claims.collect',
    'telehealth.join',
    'appointments.complete',
  ]) {
    if (!names.has(name)) throw new Error(`the trail lacks ${name}`)
  }
}

/** A record is kept from all but its care team, opened by somebody else in an emergency, and that is decided of. */
async function emergency(
  as: (role: string) => Client,
  report: Report,
  who: { patientId: string; practitionerId: string; practitioners: { practitionerId: string }[] },
) {
  report.chapter('An emergency')
  const { patientId, practitionerId, practitioners } = who
  const [admin, supervisor] = [as('admin'), as('supervisor')]
  await supervisor.signIn()
  await admin.signIn()
  const colleague = practitioners.find(one => one.practitionerId !== practitionerId)
  const restrict = (confidentiality: string) =>
    admin.send(`the record is ${confidentiality}`, 'PUT', `/patients/${patientId}/restriction`, {
      confidentiality,
      careTeam: [colleague?.practitionerId],
      withheldFromPayers: false,
    })
  await restrict('restricted')
  await supervisor.send('look: there is no such patient', 'GET', `/patients/${patientId}`, undefined, 404)
  const body = { patientId, purposeOfUse: 'ETREAT', explanation: 'Brought in unconscious', minutes: 5 }
  const { breakGlassId, userId } = await supervisor.post('break the glass', '/break-glass', body)
  await supervisor.get('look', `/patients/${patientId}`)
  const decision = { decision: 'justified', note: 'The emergency department confirms it' }
  await admin.send('decide', 'PUT', `/users/${userId}/break-glass/${breakGlassId}/review`, decision)
  await restrict('normal')
  report.note(`${breakGlassId} marks each look in the trail`)
}

async function book(desk: Client, report: Report, who: { patientId: string; practitionerId: string; zone: string }) {
  const { zone, ...parties } = who
  const grid = Math.floor(Date.now() / 300_000) * 300_000
  for (const [ago, minutes] of visits) {
    const start = wallTimeOf(new Date(grid - ago * 60_000).toJSON(), zone)
    try {
      return await desk.post('book the appointment', '/appointments', {
        ...parties,
        start,
        minutes,
        modality: 'telehealth',
      })
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'slot-taken') throw error
      report.note('that time is taken by an earlier tour')
    }
  }
  throw new Error('every time around now is taken by earlier tours: wait five minutes, or start with --reset')
}

/** A half-hour psychotherapy session by video, patient at home. */
const contentOf = (date: string, videoModifier: string) => ({
  placeOfService: '10',
  diagnoses: ['F41.1'],
  lines: [
    {
      date,
      procedure: '90832',
      modifiers: [videoModifier],
      charge: 9_500,
      units: 1,
      minutes: 20,
      diagnosisPointers: [1],
    },
  ],
  signatureOnFile: true,
  assignsBenefits: 'Y',
  releaseOfInformation: 'Y',
  acceptsAssignment: 'A',
})

/** Looks after the claim as a biller would. The collector runs every minute; the tour calls it instead of waiting for that. */
async function untilAccepted(base: string, biller: Client, report: Report, claimId: string): Promise<void> {
  const functions = (await (await fetch(`${base}/_local/functions`)).json()) as { name: string }[]
  const collector = functions.find(({ name }) => name.endsWith('claims-collect'))?.name
  const deadline = Date.now() + 60_000
  for (;;) {
    const { transmission, acknowledgements } = await biller.get('look at the claim', `/claims/${claimId}`)
    if (transmission === 'accepted') {
      const heard = acknowledgements.map(
        ({ source, codes }: { source: string; codes: string[] }) => `${source} ${codes.join(' ')}`,
      )
      report.note(`accepted: ${heard.join(', ')}`)
      return
    }
    if (transmission === 'rejected') throw new Error('the clearinghouse rejected the claim')
    if (Date.now() > deadline) throw new Error(`the claim is still ${transmission}`)
    report.note(`it is ${transmission}`)
    await pause(1_000)
    await fetch(`${base}/_local/functions/${collector}/invocations`, { method: 'POST', body: '{}' })
  }
}
