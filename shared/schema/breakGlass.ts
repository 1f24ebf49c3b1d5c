import * as z from 'zod'
import { BreakGlassId, PatientId, PracticeId, UserId } from './ids.ts'
import { text } from './people.ts'
import { Instant } from './time.ts'

/** Why the glass is broken, of HL7 v3 ActReason: emergency treatment, or another need that cannot wait. */
export const EmergencyReason = z.enum(['ETREAT', 'BTG'])
export type EmergencyReason = z.infer<typeof EmergencyReason>

/** The right to one patient's restricted record until a moment, as its holder's own user item has it: read at each request. */
export const Lease = z.object({
  breakGlassId: BreakGlassId,
  patientId: PatientId,
  purposeOfUse: EmergencyReason,
  expiresAt: Instant,
})
export type Lease = z.infer<typeof Lease>

/** What the privacy officer decides of it. `incident`: to be looked into as a breach (45 CFR 164.402). */
export const BreakGlassDecision = z.enum(['justified', 'unjustified', 'incident'])

/** One breaking of the glass, kept until its patient is erased: who, whose record, why, for how long, and what was decided of it. */
export const BreakGlass = z
  .strictObject({
    breakGlassId: BreakGlassId,
    practiceId: PracticeId,
    userId: UserId,
    patientId: PatientId,
    purposeOfUse: EmergencyReason,
    explanation: text(500),
    startedAt: Instant,
    expiresAt: Instant,
    /** When it was given back, or taken by a review, before its time. */
    endedAt: Instant.optional(),
    /** Nothing but a decision takes it out of the queue. */
    status: z.enum(['awaiting-review', 'reviewed']),
    review: z
      .strictObject({ decision: BreakGlassDecision, note: text(1_000), reviewedBy: UserId, reviewedAt: Instant })
      .optional(),
    version: z.int().min(1),
  })
  .meta({ id: 'BreakGlass' })
export type BreakGlass = z.infer<typeof BreakGlass>
