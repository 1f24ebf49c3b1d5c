import * as z from 'zod'
import { AmendmentId, PatientId, PracticeId, UserId } from './ids.ts'
import { text } from './people.ts'
import { Instant } from './time.ts'

/** The only grounds on which an amendment may be denied (45 CFR 164.526(a)(2)). */
export const DenialBasis = z.enum(['not-created-here', 'not-in-record', 'not-open-to-access', 'accurate-and-complete'])

/** What was decided, and the words in which the patient is told of it (45 CFR 164.526(c) and (d)). */
export const AmendmentDecision = z
  .strictObject({ outcome: z.enum(['accepted', 'denied']), basis: DenialBasis.optional(), note: text(1_000) })
  .refine(({ outcome, basis }) => (outcome === 'denied') === (basis !== undefined), {
    error: 'goes with a denial',
    path: ['basis'],
  })

/** A patient's request that their record be amended (45 CFR 164.526). */
export const Amendment = z
  .strictObject({
    amendmentId: AmendmentId,
    practiceId: PracticeId,
    patientId: PatientId,
    status: z.enum(['requested', 'accepted', 'denied']),
    /** What is wrong, and what should stand there. */
    request: text(1_000),
    requestedAt: Instant,
    requestedBy: z.string(),
    /** Sixty days later: until then it must be decided. */
    dueAt: Instant,
    decision: z
      .strictObject({ basis: DenialBasis.optional(), note: text(1_000), decidedBy: UserId, decidedAt: Instant })
      .optional(),
    version: z.int().min(1),
  })
  .meta({ id: 'Amendment' })
export type Amendment = z.infer<typeof Amendment>
