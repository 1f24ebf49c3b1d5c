import * as z from 'zod'
import { Payer, Relationship, Subscriber } from './claims.ts'
import { CoverageId, PatientId, PracticeId } from './ids.ts'
import { Instant, LocalDate } from './time.ts'

export const CoverageDetails = z
  .strictObject({
    patientId: PatientId,
    payerId: Payer.shape.payerId,
    relationship: Relationship,
    subscriber: Subscriber,
    start: LocalDate,
    end: LocalDate.optional(),
  })
  .refine(({ start, end }) => end === undefined || start <= end, {
    error: 'must not be before the start',
    path: ['end'],
  })
export type CoverageDetails = z.infer<typeof CoverageDetails>

/** A patient's insurance: FHIR Coverage. */
export const Coverage = z
  .strictObject({
    coverageId: CoverageId,
    practiceId: PracticeId,
    patientId: PatientId,
    payer: Payer,
    relationship: Relationship,
    subscriber: Subscriber,
    start: LocalDate,
    end: LocalDate.optional(),
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int().min(1),
  })
  .meta({ id: 'Coverage' })
export type Coverage = z.infer<typeof Coverage>
