import * as z from 'zod'
import { AuditEventId, BreakGlassId, PatientId } from './ids.ts'
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
    purposeOfUse: z.enum(['TREAT', 'HPAYMT', 'HOPERAT', 'PATRQT', 'ETREAT', 'BTG']),
    /** The breaking of the glass under which it was done. */
    breakGlassId: BreakGlassId.optional(),
    source: z.strictObject({ address: z.string(), client: z.string() }),
    requestId: z.string(),
    /** Milliseconds since the request came in. */
    elapsed: z.int().min(0),
    schema: z.literal(1),
  })
  .meta({ id: 'AuditEvent' })
export type AuditEvent = z.infer<typeof AuditEvent>

/** One line of who had to do with a patient's record, in words for the patient. */
export const AccessEntry = z
  .strictObject({
    at: Instant,
    /** A person's name, as far as it is known. */
    who: z.string(),
    /** What they are at the practice: `clinician`. */
    role: z.string().optional(),
    kind: z.enum(['view', 'add', 'change', 'remove', 'use']),
    /** Whether it was let happen. */
    outcome: AuditEvent.shape.outcome,
    /** `Looked at your appointments`. */
    what: z.string(),
  })
  .meta({ id: 'AccessEntry' })
export type AccessEntry = z.infer<typeof AccessEntry>

/** A SHA-256 as base64url. */
const Digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/)

/**
 * Where a record stands in the chain of the environment that wrote it: each names the hash of the one before, so none can be
 * changed, left out or moved without the next one showing it. Chains are one environment's own: no two writers ever wait for
 * each other.
 */
export const ChainLink = z.object({
  /** A chain: one life of one function environment, or a new one after a write whose outcome was never heard. */
  chain: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{20}$/),
  sequence: z.int().min(0),
  /** The hash of the record before; absent on the first. */
  previous: Digest.optional(),
  /** SHA-256 of the record's canonical JSON, without this field. */
  hash: Digest,
})

/** An audit event as it is stored and archived. */
export const AuditRecord = AuditEvent.extend(ChainLink.shape)
export type AuditRecord = z.infer<typeof AuditRecord>

/** What one run of the sealer signed: the records of a batch, and what came before. */
export const Manifest = z.strictObject({
  sequence: z.int().min(1),
  /** The hash of the manifest before; absent on the first. */
  previous: Digest.optional(),
  sealedAt: Instant,
  /** Records of the batch; none is a heartbeat, which shows that nothing was cut off since. */
  count: z.int().min(0),
  /** The batch's object, named by the hash of its bytes; absent on a heartbeat. */
  batch: z.string().optional(),
  /** RFC 6962 §2.1 tree over the records' hashes, in the batch's order. */
  root: Digest.optional(),
})
export type Manifest = z.infer<typeof Manifest>

/** A manifest with its signature (ECDSA on P-256 over SHA-256, DER, base64), as it lies in the archive. */
export const SealedManifest = z.strictObject({ manifest: Manifest, signature: z.string() })
export type SealedManifest = z.infer<typeof SealedManifest>

/** The last manifest that counts: its sequence and its hash, which is absent before the first. */
export const SealHead = z.object({ sequence: z.int().min(0), hash: Digest.optional() })
export type SealHead = z.infer<typeof SealHead>

/** What the table's stream tells of a record that was there: no writer of ours ever causes it. */
export const StreamChange = z.object({
  event: z.enum(['MODIFY', 'REMOVE']),
  /** Whether it was DynamoDB that removed it, at its TTL. */
  expired: z.boolean(),
  before: z.object({ recordedAt: z.string() }),
})
export type StreamChange = z.infer<typeof StreamChange>

/** What is wrong, and where: a manifest's sequence, a batch's name, or a record's id and place in its chain. */
export const AuditFinding = z
  .strictObject({
    kind: z.enum([
      'manifest-missing',
      'manifest-changed',
      'manifest-moved',
      'archive-cut-off',
      'batch-missing',
      'batch-changed',
      'record-changed',
      'record-missing',
      'record-moved',
      'record-twice',
      'table-lacks-record',
      'table-changed-record',
      'table-inserted-record',
    ]),
    at: z.string(),
  })
  .meta({ id: 'AuditFinding' })
export type AuditFinding = z.infer<typeof AuditFinding>

/** What a verification looked at, and found. */
export const AuditVerification = z
  .strictObject({
    from: Instant,
    to: Instant,
    manifests: z.int(),
    /** The practice's records in the table. */
    records: z.int(),
    findings: z.array(AuditFinding),
    /** Findings beyond those that are listed. */
    more: z.int(),
  })
  .meta({ id: 'AuditVerification' })
