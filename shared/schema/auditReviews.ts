import * as z from 'zod'
import { AuditEventId, FindingId, PatientId, PracticeId, UserId } from './ids.ts'
import { text } from './people.ts'
import { Instant, LocalDate, TimeOfDay, Zone } from './time.ts'

/**
 * From when on something is worth a look. Defaults are those of an outpatient practice; each practice sets its own, since what is
 * unusual at one is every day's work at another.
 */
export const ReviewThresholds = z
  .strictObject({
    /** Days on which the practice works, 1 is Monday, and its hours, in its own time zone. */
    workingDays: z.array(z.int().min(1).max(7)).max(7).default([1, 2, 3, 4, 5, 6]),
    opens: TimeOfDay.default('07:00'),
    closes: TimeOfDay.default('20:00'),
    /** Accesses of one person to patients' records outside those hours. */
    afterHours: z.int().min(1).default(5),
    /** Different patients whose records one person reaches within an hour. */
    patientsInAnHour: z.int().min(2).default(40),
    /** Requests of one actor, or from one address, that are denied or fail within ten minutes. */
    refusalsInTenMinutes: z.int().min(2).default(10),
    /** Whether a patient of one's own family name counts as family: where many are called alike it says little. */
    sameFamilyName: z.boolean().default(true),
    /** Actions that take many records out at once. */
    bulkActions: z
      .array(z.string().regex(/^[a-z-]+\.[a-z-]+$/, 'must be the name of an action such as exports.start'))
      .max(20)
      .default(['exports.start', 'exports.download']),
  })
  .meta({ id: 'ReviewThresholds' })
export type ReviewThresholds = z.infer<typeof ReviewThresholds>

/** What was unusual. */
export const FindingKind = z.enum([
  'after-hours',
  'many-patients',
  'confidential-patient',
  'own-record',
  'own-family',
  'refusals',
  'bulk-access',
])
export type FindingKind = z.infer<typeof FindingKind>

/** By what a member of the workforce was taken for the patient, or for one of the family. */
export const Likeness = z.enum(['patient-id', 'email', 'phone', 'family-name'])
export type Likeness = z.infer<typeof Likeness>

const Actor = z.strictObject({ type: z.enum(['user', 'client', 'system', 'anonymous']), id: z.string() })

/** Something unusual on a day, of one actor or from one address. It names nobody: ids lead to whom it is about. */
export const AuditAnomaly = z.strictObject({
  kind: FindingKind,
  actor: Actor.optional(),
  /** The client's, where no actor is known. */
  address: z.string().optional(),
  patientId: PatientId.optional(),
  /** How many records of the trail, or different patients. */
  count: z.int().min(1),
  from: Instant,
  to: Instant,
  likeness: z.array(Likeness).optional(),
  /** Some of the records that show it. */
  events: z.array(AuditEventId).max(20),
})
export type AuditAnomaly = z.infer<typeof AuditAnomaly>

/** What came of looking into it. */
export const Decision = z.enum(['no-issue', 'needs-follow-up', 'incident'])

/** An anomaly that waits for a person's decision, or has it. */
export const ReviewFinding = z
  .strictObject({
    findingId: FindingId,
    practiceId: PracticeId,
    day: LocalDate,
    ...AuditAnomaly.shape,
    status: z.enum(['open', 'closed']),
    decision: Decision.optional(),
    note: z.string().optional(),
    decidedBy: UserId.optional(),
    decidedAt: Instant.optional(),
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int().min(1),
  })
  .meta({ id: 'ReviewFinding' })
export type ReviewFinding = z.infer<typeof ReviewFinding>

/** How a finding is closed. A finding needs words, unless it is none. */
export const Closing = z.strictObject({ decision: Decision, note: text(1_000) }).meta({ id: 'FindingDecision' })
export type Closing = z.infer<typeof Closing>

/** That a day of a practice was looked through (45 CFR 164.308(a)(1)(ii)(D)), and by what. */
export const AuditReview = z
  .strictObject({
    practiceId: PracticeId,
    /** By the practice's own calendar. */
    day: LocalDate,
    zone: Zone,
    from: Instant,
    to: Instant,
    /** Records of the trail that were read. */
    records: z.int().min(0),
    findings: z.int().min(0),
    /** Anomalies beyond those that are kept as findings. */
    more: z.int().min(0),
    thresholds: ReviewThresholds,
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int().min(1),
  })
  .meta({ id: 'AuditReview' })
export type AuditReview = z.infer<typeof AuditReview>

/** Asks a worker to review a day of a practice. */
export const ReviewMessage = z.strictObject({ practiceId: PracticeId, day: LocalDate })
export type ReviewMessage = z.infer<typeof ReviewMessage>
