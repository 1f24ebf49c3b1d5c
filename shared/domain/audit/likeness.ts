import type { Likeness } from '../../schema/auditReviews.ts'
import type { PatientId } from '../../schema/ids.ts'

/** What is known of somebody of the workforce: enough to tell whether a patient is themselves or of their family. */
export interface Person {
  patientId?: PatientId | undefined
  email?: string | undefined
  phone?: string | undefined
  familyName?: string | undefined
}

/** The same of a patient. */
export interface Subject {
  confidential: boolean
  email?: string | undefined
  phone?: string | undefined
  familyName: string
}

/** By what somebody of the workforce is the patient, or one of the patient's household or name. */
export function likenessOf(person: Person | undefined, subject: Subject, patientId: PatientId): Likeness[] {
  const alike = (one: string | undefined, other: string | undefined) => Boolean(one && other && one === other)
  const found: Likeness[] = []
  if (person?.patientId === patientId) found.push('patient-id')
  if (alike(person?.email?.toLowerCase(), subject.email?.toLowerCase())) found.push('email')
  if (alike(person?.phone, subject.phone)) found.push('phone')
  if (alike(plainName(person?.familyName), plainName(subject.familyName))) found.push('family-name')
  return found
}

/** Without accents, case and what stands between letters: `O’Néill` is `oneill`. */
const plainName = (name = ''): string =>
  name
    .normalize('NFD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase()
