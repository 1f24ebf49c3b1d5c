import type { PatientId, PracticeId } from '../schema/ids.ts'
import type { ProblemCode } from './problem.ts'

/** What the audit trail says of a change: names of fields, never values. */
export interface ChangeRecord {
  /** FHIR resource type, `Claim`. */
  entity: string
  id: string
  patientId?: string | undefined
  changed: readonly string[]
  /** The version that this change makes: with it, every version of every record can be matched to its audit record. */
  version?: number
}

/** What of an item is sealed under the key of a patient, on its way into the table. */
export interface Sealing {
  practiceId: PracticeId
  patientId: PatientId
  values: Readonly<Record<string, unknown>>
  /** The first item of a patient: their key is made with it. */
  makesKey: boolean
}

/**
 * One item of a transaction, made by a store's pure builders and opaque to actions. `Code` is the problem that its failed
 * condition means, so that an action which does not declare that problem does not compile.
 */
export interface Write<Code extends ProblemCode = ProblemCode> {
  readonly kind: 'put' | 'update' | 'delete' | 'check'
  readonly request: Readonly<Record<string, unknown>>
  readonly onConflict: Code
  /** Seconds after which the condition may hold, where it is a limit. */
  readonly retryAfter?: number
  readonly record?: ChangeRecord
  readonly seal?: Sealing
}
