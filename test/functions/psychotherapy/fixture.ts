import { sessionOf } from '../../harness/identity.ts'
import type { Client, TestPractice } from '../../harness/index.ts'

export const paragraphs = ['Came in calmer than last week.', 'Spoke of the fire for the first time.']

/** What the two classes of sensitive notes have in common: their actions. */
export const notesOf = (domain: 'psychotherapy' | 'substanceuse') => ({
  write: (client: Client, patientId: string, body: unknown = { paragraphs }) =>
    client.call(`${domain}.create`, { params: { patientId }, body }),
  read: (client: Client, patientId: string, noteId: string) =>
    client.call(`${domain}.get`, { params: { patientId, noteId } }),
  list: (client: Client, patientId: string, query: Record<string, string> = {}) =>
    client.call(`${domain}.list`, { params: { patientId }, query }),
})

/** A therapist of the practice beside the one who signs in as `practitioner`. */
export const colleague = ({ users, practitioners }: TestPractice) =>
  sessionOf({ ...users.supervisor, practitionerId: practitioners[1]?.practitionerId })

/** A practice, its therapist, and one of its patients. */
export async function therapy(practice: TestPractice, patient = 0) {
  return { therapist: await practice.as('practitioner'), patientId: practice.patients[patient]?.patientId ?? '' }
}
