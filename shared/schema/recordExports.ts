import * as z from 'zod'
import { PatientId, PracticeId, RecordExportId } from './ids.ts'
import { text } from './people.ts'
import { Instant } from './time.ts'

/**
 * For whom a copy of a record is made. The practice's own holds nothing that the practice's administrators may never see, and a
 * patient's is fetched by the patient alone.
 */
export const Audience = z.enum(['patient', 'practice'])
export type Audience = z.infer<typeof Audience>

/** Orders a copy. Whoever orders one of somebody else's record says why. */
export const RecordExportRequest = z.strictObject({ reason: text(300).optional() }).meta({ id: 'RecordExportRequest' })

const Shown = {
  exportId: RecordExportId,
  patientId: PatientId,
  audience: Audience,
  state: z.enum(['queued', 'running', 'done', 'failed']),
  /** Why it failed; another can be ordered. */
  failure: z.enum(['given-up']).optional(),
  requestedBy: z.string(),
  reason: text(300).optional(),
  /** Kinds of data that are written, of so many. */
  sections: z.strictObject({ done: z.int().min(0), total: z.int().min(1) }),
  /** FHIR resources that are written. */
  resources: z.int().min(0),
  /** Of the file; nothing until it is whole. */
  bytes: z.int().min(0),
  createdAt: Instant,
  updatedAt: Instant,
  /** From then on the file is gone. */
  expiresAt: Instant,
}

/** A copy of a record as it appears. */
export const RecordExportView = z.strictObject(Shown).meta({ id: 'RecordExport' })

/** As it is kept. */
export const RecordExport = z.object({
  ...Shown,
  practiceId: PracticeId,
  attempts: z.int().min(0),
  /** Until when one worker has it to itself. */
  leaseUntil: Instant.optional(),
  version: z.int().min(1),
})
export type RecordExport = z.infer<typeof RecordExport>

/** The last copy that was ordered of a record for somebody, and how many of that day. */
export const RecordExportOrder = z.object({
  practiceId: PracticeId,
  patientId: PatientId,
  audience: Audience,
  exportId: RecordExportId,
  day: z.string(),
  count: z.int().min(1),
  version: z.int().min(1),
})
export type RecordExportOrder = z.infer<typeof RecordExportOrder>

/** Asks the worker to write a copy. */
export const RecordExportMessage = z.strictObject({
  practiceId: PracticeId,
  patientId: PatientId,
  audience: Audience,
  exportId: RecordExportId,
})
export type RecordExportMessage = z.infer<typeof RecordExportMessage>
