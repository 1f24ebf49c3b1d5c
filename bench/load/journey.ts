import { wallTimeOf } from '../../shared/domain/scheduling/wallTime.ts'
import { contentOf } from '../actions/walk.ts'
import type { Client } from '../cloud/client.ts'
import { newPractice, password } from '../cloud/practice.ts'

/** Journeys that one practice has room for: each takes five minutes of the practitioner's day, near enough to now to meet. */
const journeysEach = 3

/** The people of one practice, with the sessions that its journeys use. */
export interface Party {
  next(): { start: string } | undefined
  patient: Client
  desk: Client
  practitioner: Client
  biller: Client
  auditor: Client
  login: object
  ids: { patientId: string; practitionerId: string; coverageId: string; patientUserId: string }
}

/** Plants a practice and opens its sessions. Not part of what is measured. */
export async function newParty(base: string): Promise<Party> {
  const practice = await newPractice(base)
  const { users, patients, practitioners } = practice
  const grid = Math.floor(Date.now() / 300_000) * 300_000
  let journeys = 0
  return {
    next() {
      const at = new Date(grid - 300_000 * journeys++)
      return journeys > journeysEach ? undefined : { start: wallTimeOf(at.toJSON(), practice.practice.zone) }
    },
    patient: practice.anybody(),
    desk: await practice.as('front-desk'),
    practitioner: await practice.as('practitioner'),
    biller: await practice.as('biller'),
    auditor: await practice.as('auditor'),
    login: { practice: practice.practice.slug, email: users.patient.email, password },
    ids: {
      patientId: patients[0]?.patientId ?? '',
      practitionerId: practitioners[0]?.practitionerId ?? '',
      coverageId: patients[0]?.coverage.coverageId ?? '',
      patientUserId: users.patient.userId,
    },
  }
}

/** Called for every answer of a journey; `failure` says what came in place of the success that the next step needs. */
export type Heard = (step: string, ms: number, failure?: string) => void

/**
 * The main job: a visit is booked, held by video, billed and looked up; the patient signs in for a practice's first. Each
 * request needs what those before it gave, so one journey is a chain, which ends at the first refusal.
 */
export async function journey(party: Party, start: string, heard: Heard): Promise<void> {
  try {
    await steps(party, start, heard)
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause
  }
}

class Refused extends Error {}

async function steps(party: Party, start: string, heard: Heard): Promise<void> {
  const { desk, practitioner, patient, biller, auditor, ids } = party
  const { patientId, practitionerId, coverageId, patientUserId } = ids
  const send = async (step: string, client: Client, method: string, path: string, body?: object) => {
    const answer = await client.send(method, `/api/v1${path}`, body)
    const failed = answer.status >= 300
    heard(step, answer.ms, failed ? `${answer.status} ${answer.body?.code ?? ''}`.trim() : undefined)
    if (failed) throw new Refused(step)
    if (answer.token) client.token = answer.token
    return answer.body
  }
  if (!patient.token) await send('login', patient, 'POST', '/auth/login', party.login)
  await send('free slots', desk, 'GET', `/practitioners/${practitionerId}/slots?date=${start.slice(0, 10)}`)
  const times = { start, minutes: 5, modality: 'telehealth' }
  const { appointmentId } = await send('book', desk, 'POST', '/appointments', { patientId, practitionerId, ...times })
  const visit = `/appointments/${appointmentId}`
  const { telehealthId } = await send('prepare telehealth', desk, 'POST', `${visit}/telehealth`)
  const room = `/telehealth/${telehealthId}`
  await send('join: host', practitioner, 'POST', `${room}/join`)
  await send('join: waits', patient, 'POST', `${room}/join`)
  await send('who waits', practitioner, 'GET', room)
  await send('admit', practitioner, 'POST', `${room}/admissions`, { userId: patientUserId })
  await send('join: admitted', patient, 'POST', `${room}/join`)
  await send('end telehealth', practitioner, 'POST', `${room}/end`)
  await send('complete', practitioner, 'POST', `${visit}/completion`)
  const { claimId } = await send('draft claim', biller, 'POST', '/claims', {
    appointmentId,
    patientId,
    coverageId,
    renderingPractitionerId: practitionerId,
    content: contentOf(new Date().toJSON().slice(0, 10)),
  })
  await send('submit claim', biller, 'POST', `/claims/${claimId}/submission`)
  await send('get claim', biller, 'GET', `/claims/${claimId}`)
  await send('list claims', biller, 'GET', `/claims?patientId=${patientId}`)
  await send('audit trail', auditor, 'GET', `/audit-events?patientId=${patientId}&limit=20`)
}
