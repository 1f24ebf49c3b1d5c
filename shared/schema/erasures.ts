import * as z from 'zod'
import { ErasureId, PatientId, PracticeId, UserId } from './ids.ts'
import { text } from './people.ts'
import { RetentionDuty } from './retention.ts'
import { Instant, LocalDate } from './time.ts'

export const ErasureStatus = z.enum(['requested', 'granted', 'refused', 'erasing', 'erased'])
export type ErasureStatus = z.infer<typeof ErasureStatus>

/** What is decided, with the reason, in words that the patient reads. */
export const ErasureDecision = z.strictObject({ outcome: z.enum(['granted', 'refused']), note: text(1_000) })

/** A patient's request that all that is held about them be erased (GDPR article 17), and what became of it. */
export const Erasure = z
  .strictObject({
    erasureId: ErasureId,
    practiceId: PracticeId,
    patientId: PatientId,
    status: ErasureStatus,
    requestedAt: Instant,
    requestedBy: z.string(),
    decision: z
      .strictObject({
        /** Gone once the record is: it may name the patient. */
        note: text(1_000).optional(),
        decidedBy: UserId,
        decidedAt: Instant,
        /** What must be kept, until when and why, as it stood that day. */
        duties: z.array(RetentionDuty),
        /** Whether a legal hold stood; what for is not told. */
        legalHold: z.boolean(),
      })
      .optional(),
    /** The day from which nothing must be kept any more. A visit or a legal hold that comes meanwhile moves it. */
    eraseOn: LocalDate.optional(),
    erasedAt: Instant.optional(),
    version: z.int().min(1),
  })
  .meta({ id: 'Erasure' })
export type Erasure = z.infer<typeof Erasure>
