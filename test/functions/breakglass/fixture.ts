import type { Client, TestPractice } from '../../harness/index.ts'

/** Restricts a patient's record to a practitioner: the second, who is nobody that signs in here. */
export async function restrict(
  practice: TestPractice,
  { patient = 0, team = 1, confidentiality = 'restricted', withheldFromPayers = false } = {},
) {
  const { patientId = '' } = practice.patients[patient] ?? {}
  const { practitionerId = '' } = practice.practitioners[team] ?? {}
  const careTeam = confidentiality === 'normal' ? [] : [practitionerId]
  const admin = await practice.as('admin')
  const body = { confidentiality, careTeam, withheldFromPayers }
  const answer = await admin.call('patients.set-restriction', { params: { patientId }, body })
  if (answer.status !== 200) throw new Error(`not restricted: ${answer.status} ${answer.body.code}`)
  return { patientId, answer }
}

/** Breaks the glass for a patient. */
export const breakGlass = (client: Client, patientId: string, more: object = {}) =>
  client.call('breakglass.start', {
    body: { patientId, purposeOfUse: 'ETREAT', explanation: 'Brought in unconscious', ...more },
  })

export const look = (client: Client, patientId: string) => client.call('patients.get', { params: { patientId } })

/** Decides of an emergency access. */
export const review = (client: Client, userId: string, breakGlassId: string, decision = 'justified') =>
  client.call('breakglass.review', { params: { userId, breakGlassId }, body: { decision, note: 'Looked into' } })
