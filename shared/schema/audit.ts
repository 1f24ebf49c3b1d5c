import * as z from 'zod'
import { AuditEventId, PatientId } from './ids.ts'
import { Instant } from './time.ts'

/**
 * One thing that somebody did: FHIR AuditEvent, compact. Field *names* only, never values: the trail may be read by people
 * who may not read the record (45 CFR 164.312(b)).
 */
export const AuditEvent = z
  .strictObject({
    auditEventId: AuditEventId,
    /** A practice's id, or `platform` for what happened before a practice was known. */
    practiceId: z.string(),
    recordedAt: Instant,
    actor: z.strictObject({
      type: z.enum(['user', 'client', 'system', 'anonymous']),
      id: z.string(),
      role: z.string().optional(),
      sessionId: z.string().optional(),
      aal: z.string().optional(),
      amr: z.array(z.string()).optional(),
      /** The key that a client acts with. */
      apiKeyId: z.string().optional(),
      /** The native app through which a user acts. */
      clientId: z.string().optional(),
    }),
    /** The action's id, `claims.submit`. */
    name: z.string(),
    verb: z.enum(['C', 'R', 'U', 'D', 'E']),
    outcome: z.enum(['success', 'denied', 'failed']),
    /** The HTTP status, absent for workers and for a record that left before the status was known. */
    status: z.int().optional(),
    /** The problem's code. */
    reason: z.string().optional(),
    entity: z.strictObject({ type: z.string(), id: z.string() }),
    patientId: PatientId.optional(),
    /** Names of the fields that changed. */
    changed: z.array(z.string()).optional(),
    /** The version that a change made. */
    version: z.int().optional(),
    purposeOfUse: z.enum(['TREAT', 'HPAYMT', 'HOPERAT', 'PATRQT']),
    source: z.strictObject({ address: z.string(), client: z.string() }),
    requestId: z.string(),
    /** Milliseconds since the request came in. */
    elapsed: z.int().min(0),
    schema: z.literal(1),
  })
  .meta({ id: 'AuditEvent' })
export type AuditEvent = z.infer<typeof AuditEvent>
