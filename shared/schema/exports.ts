import * as z from 'zod'
import { AuditEventId, ExportId, PracticeId, UserId } from './ids.ts'
import { Instant } from './time.ts'

/** What is exported: so far the practice's audit trail. */
export const ExportKind = z.enum(['audit'])
export type ExportKind = z.infer<typeof ExportKind>

/** FHIR resources, one a line, or a table for a spreadsheet (RFC 4180). */
export const ExportFormat = z.enum(['fhir-ndjson', 'csv'])
export type ExportFormat = z.infer<typeof ExportFormat>

/** Asks for a file of all that was recorded from a moment to before another. */
export const ExportRequest = z
  .strictObject({ kind: ExportKind, format: ExportFormat, from: Instant, to: Instant })
  .refine(({ from, to }) => from < to, { error: 'must be after from', path: ['to'] })
  .meta({ id: 'ExportRequest' })
export type ExportRequest = z.infer<typeof ExportRequest>

const Shown = {
  exportId: ExportId,
  kind: ExportKind,
  format: ExportFormat,
  from: Instant,
  to: Instant,
  state: z.enum(['queued', 'running', 'done', 'failed']),
  requestedBy: UserId,
  /** Records that are in the file so far, and its length. */
  records: z.int().min(0),
  bytes: z.int().min(0),
  /** How far it has come, from `from` to `to`. */
  reached: Instant,
  createdAt: Instant,
  updatedAt: Instant,
  /** From then on the file is gone. */
  expiresAt: Instant,
}

/** An export as it appears. */
export const ExportView = z.strictObject(Shown).meta({ id: 'Export' })
export type ExportView = z.infer<typeof ExportView>

/**
 * An export as it is kept: with the upload that is under way, so that whoever goes on with it begins where the last part that is known
 * ended.
 */
export const Export = z.object({
  ...Shown,
  practiceId: PracticeId,
  attempts: z.int().min(0),
  /** Until when one worker has it to itself. */
  leaseUntil: Instant.optional(),
  uploadId: z.string().optional(),
  /** ETags of the parts, in their order. */
  parts: z.array(z.string()).max(10_000),
  /** The last record of the last part. */
  after: AuditEventId.optional(),
  version: z.int().min(1),
})
export type Export = z.infer<typeof Export>

/** Asks the worker to go on with an export. */
export const ExportMessage = z.strictObject({ practiceId: PracticeId, exportId: ExportId })
export type ExportMessage = z.infer<typeof ExportMessage>

/** A link to the file, which whoever has it can use until it expires. */
export const ExportDownload = z.strictObject({ url: z.string(), expiresAt: Instant }).meta({ id: 'ExportDownload' })
