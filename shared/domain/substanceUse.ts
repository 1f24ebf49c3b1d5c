import type { Actor } from '../kernel/actor.ts'
import type { Consent, ConsentPolicy } from '../schema/consents.ts'
import type { PatientId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import { leaseOn } from './breakGlass.ts'
import { standingOf, stands } from './consents/standing.ts'

/** What is known of a patient's consent to show substance-use records. */
export interface Shown {
  consent: Consent | undefined
  policy: ConsentPolicy | undefined
  now: Instant
}

/**
 * Whether all of a patient's substance-use notes are open to somebody: to the patient (42 CFR 2.23), in a medical emergency under
 * broken glass (2.51), and else only while the patient consents (2.31). An author has their own notes besides.
 */
export function seesAll(actor: Actor, patientId: PatientId, { consent, policy, now }: Shown): boolean {
  if (actor.type !== 'user') return false
  if (actor.role === 'patient') return actor.patientId === patientId
  if (leaseOn(actor, patientId)) return true
  return consent !== undefined && stands(consent, standingOf(policy, 'part2-disclosure').oldest, now)
}
