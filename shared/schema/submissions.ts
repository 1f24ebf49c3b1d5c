import * as z from 'zod'
import { ClaimId, PatientId, PracticeId } from './ids.ts'
import { Instant } from './time.ts'

/** A claim that waits to be sent. It is written with the claim's own change, so neither is ever without the other. */
export const Submission = z.object({
  practiceId: PracticeId,
  claimId: ClaimId,
  /** The claim's version that was submitted: a corrected claim is another submission. */
  submission: z.int().min(1),
  state: z.enum(['pending', 'sending']),
  /** Until then one worker has it; a worker that died loses it. */
  leaseUntil: Instant.optional(),
  attempts: z.int().min(0),
  interchangeNumber: z.int().optional(),
  createdAt: Instant,
  version: z.int().min(1),
})
export type Submission = z.infer<typeof Submission>

/** What travels on the queue: ids only. */
export const SubmissionMessage = z.object({ practiceId: PracticeId, claimId: ClaimId, submission: z.int().min(1) })
export type SubmissionMessage = z.infer<typeof SubmissionMessage>

/** An interchange as it was sent, byte for byte, and whose claim is in it. */
export const Interchange = z.object({
  interchangeNumber: z.int().min(1),
  practiceId: PracticeId,
  claimId: ClaimId,
  patientId: PatientId,
  bytes: z.string(),
  createdAt: Instant,
  version: z.int().min(1),
})
export type Interchange = z.infer<typeof Interchange>
