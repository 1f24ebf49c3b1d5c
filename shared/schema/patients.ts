import * as z from 'zod'
import { PatientId, PracticeId } from './ids.ts'
import { Email, Gender, PersonName, Phone, PostalAddress } from './people.ts'
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

export const Patient = z
  .strictObject({
    patientId: PatientId,
    practiceId: PracticeId,
    ...PatientDetails.shape,
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int().min(1),
  })
  .meta({ id: 'Patient' })
export type Patient = z.infer<typeof Patient>
