import * as z from 'zod'
import { LegalHoldId, PatientId, PracticeId, UserId } from './ids.ts'
import { text } from './people.ts'
import { Instant, LocalDate } from './time.ts'

/** The classes of what is kept about a patient, each with a time of its own. */
export const retentionClasses = [
  'medical-record',
  'psychotherapy-notes',
  'substance-use-notes',
  'claims',
  'disclosures',
  'consents',
  'amendments',
  'emergency-accesses',
] as const
export const RetentionClass = z.enum(retentionClasses)
export type RetentionClass = z.infer<typeof RetentionClass>

const Years = z.int().min(1).max(100)

/** For how many years a practice keeps a class, where it keeps it for longer than it must. */
export const RetentionYears = z.partialRecord(RetentionClass, Years)
export type RetentionYears = z.infer<typeof RetentionYears>

/** What a practice has set. */
export const RetentionPolicy = z.object({
  practiceId: PracticeId,
  years: RetentionYears,
  updatedAt: Instant,
  version: z.int().min(1),
})
export type RetentionPolicy = z.infer<typeof RetentionPolicy>

/** The schedule as it appears: what can be lengthened, and what has a fixed time. */
export const RetentionSchedule = z
  .strictObject({
    classes: z.array(
      z.strictObject({
        class: RetentionClass,
        years: Years,
        /** The fewest that the practice can set. */
        least: Years,
        /** After what they are counted. */
        after: z.string(),
        /** Of a minor's record the years are counted from this age at the earliest. */
        minorsFromAge: z.int().optional(),
        basis: z.string(),
      }),
    ),
    fixed: z.array(z.strictObject({ what: z.string(), days: z.int(), basis: z.string() })),
    /** Of what the practice has set; zero while the defaults hold. */
    version: z.int().min(0),
  })
  .meta({ id: 'RetentionSchedule' })
export type RetentionSchedule = z.infer<typeof RetentionSchedule>

/** A duty to keep something of a patient's, in words for the patient. */
export const RetentionDuty = z.strictObject({ class: RetentionClass, until: LocalDate, because: z.string() })
export type RetentionDuty = z.infer<typeof RetentionDuty>

/** Somebody's order that nothing of a patient's is destroyed. */
export const LegalHold = z
  .strictObject({
    legalHoldId: LegalHoldId,
    practiceId: PracticeId,
    patientId: PatientId,
    reason: text(500),
    placedBy: UserId,
    placedAt: Instant,
    released: z.strictObject({ reason: text(500), releasedBy: UserId, releasedAt: Instant }).optional(),
    version: z.int().min(1),
  })
  .meta({ id: 'LegalHold' })
export type LegalHold = z.infer<typeof LegalHold>
