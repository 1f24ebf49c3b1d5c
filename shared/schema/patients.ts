import * as z from 'zod'
import { PatientId, PracticeId, PractitionerId } from './ids.ts'
import { Email, Gender, PersonName, Phone, PostalAddress, text } from './people.ts'
import { Instant, LocalDate } from './time.ts'

/** What is told of a patient on registration. */
export const PatientDetails = z.strictObject({
  name: PersonName,
  birthDate: LocalDate,
  gender: Gender,
  address: PostalAddress,
  phone: Phone.optional(),
  email: Email.optional(),
})
export type PatientDetails = z.infer<typeof PatientDetails>

/** FHIR `meta.security` of a record, HL7 v3 Confidentiality: N, R and V. */
export const Confidentiality = z.enum(['normal', 'restricted', 'very-restricted'])
export type Confidentiality = z.infer<typeof Confidentiality>

export const Patient = z
  .strictObject({
    patientId: PatientId,
    practiceId: PracticeId,
    ...PatientDetails.shape,
    /** Set by the practice alone: who registers or corrects a patient does not say it. */
    confidentiality: Confidentiality.default('normal'),
    /** Who treats a patient whose record is restricted: they alone read it. */
    careTeam: z.array(PractitionerId).max(10).optional(),
    /** The patient paid in full and has asked that no payer is told (45 CFR 164.522(a)(1)(vi)). */
    withheldFromPayers: z.boolean().optional(),
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int().min(1),
  })
  .meta({ id: 'Patient' })
export type Patient = z.infer<typeof Patient>

/** A record as it was until it was corrected: it never changes. */
export const PatientVersion = z
  .strictObject({
    ...Patient.shape,
    replacedAt: Instant,
    replacedBy: z.string(),
    /** Why it was corrected. */
    reason: text(300),
    /** The fields that were. */
    changed: z.array(z.string()),
  })
  .meta({ id: 'PatientVersion' })
export type PatientVersion = z.infer<typeof PatientVersion>

/** What the practice has set of a patient's record, beside what the record says. */
export const PatientRestriction = z
  .strictObject({
    patientId: PatientId,
    confidentiality: Confidentiality,
    careTeam: z.array(PractitionerId),
    withheldFromPayers: z.boolean(),
    version: z.int(),
  })
  .meta({ id: 'PatientRestriction' })

/**
 * The restricted records of a practice, in one item: whoever reads any record of a patient reads it beside that record, so
 * that a restriction holds from the next request on and costs no round trip.
 */
export const Restrictions = z.object({
  practiceId: PracticeId,
  patients: z.record(
    PatientId,
    z.object({ confidentiality: Confidentiality.exclude(['normal']), careTeam: z.array(PractitionerId) }),
  ),
  updatedAt: Instant,
  version: z.int().min(1),
})
export type Restrictions = z.infer<typeof Restrictions>
