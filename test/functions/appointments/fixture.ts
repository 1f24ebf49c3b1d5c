import { wallTimeOf } from '../../../shared/domain/scheduling/wallTime.ts'
import { type Answer, type Client, itemsAt, type TestPractice } from '../../harness/index.ts'

/** A booking for the first patient with the first practitioner, who works around the clock in Los Angeles. */
export const booking = (practice: TestPractice, start: string, minutes = 50, more: object = {}) => ({
  patientId: practice.patients[0]?.patientId,
  practitionerId: practice.practitioners[0]?.practitionerId,
  start,
  minutes,
  modality: 'telehealth',
  ...more,
})

/** Books, and answers the appointment. */
export async function book(client: Client, practice: TestPractice, start: string, minutes = 50, more: object = {}) {
  const answer = await client.call('appointments.create', { body: booking(practice, start, minutes, more) })
  if (answer.status !== 201) throw new Error(`not booked: ${answer.status} ${answer.body.code}`)
  return answer.body
}

/** What the practitioner's clock showed so many minutes ago, on the grid of five minutes. */
export const ago = (minutes: number, zone = 'America/Los_Angeles'): string => {
  const grid = 5 * 60_000
  return wallTimeOf(new Date(Math.floor(Date.now() / grid) * grid - minutes * 60_000).toJSON(), zone)
}

/** What a practitioner's calendar really holds: the cells that are taken and the appointments. */
export async function calendarOf({ practice, practitioners }: TestPractice, index = 0) {
  const { practitionerId } = practitioners[index] ?? {}
  const [cells, appointments] = await Promise.all([
    itemsAt(`CELL#${practice.practiceId}#${practitionerId}`),
    itemsAt(`APPOINTMENT#${practice.practiceId}#PRACTITIONER#${practitionerId}`, 'gsi1'),
  ])
  return { cells, appointments }
}

/** Status and code, for comparing refusals. */
export const told = ({ status, body }: Answer): string => `${status} ${body.code ?? ''}`.trim()

/** How many answers say what. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[told(answer)] = (counts[told(answer)] ?? 0) + 1
  return counts
}

/** The fields that a refusal names, each once. */
export const fields = ({ body }: Answer): string[] => [
  ...new Set<string>(body.errors?.map(({ path }: { path: string }) => path)),
]
