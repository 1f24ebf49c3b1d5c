import type { Actor } from '../kernel/actor.ts'
import type { Role } from '../kernel/permissions.ts'
import type { PatientId, PractitionerId } from '../schema/ids.ts'
import type { Confidentiality, Restrictions } from '../schema/patients.ts'
import { leaseOn } from './breakGlass.ts'

/**
 * What a record is for. A practice must still be able to bill and to book a restricted patient (45 CFR 164.506(c)), so a claim
 * and a coverage are open to those who bill, and a time in the calendar to the desk: the least that each needs, and no chart.
 */
export type Work = 'treatment' | 'operations' | 'payment'

const workers: Record<Work, readonly Role[]> = {
  treatment: [],
  operations: ['front-desk'],
  payment: ['biller', 'front-desk'],
}

/** A record of a patient; of a visit, also who holds it. */
export interface Reachable {
  patientId: PatientId
  practitionerId?: PractitionerId | undefined
}

/** Restricted records in a practice: each is read with every record of a patient, so there is a bound. */
export const mostRestricted = 400

/**
 * Whether a record is there for somebody. A patient has their own. A restricted one is there for its care team, for whoever
 * holds that very visit, for those whose work goes on, and for whoever has broken the glass; a program is none of these.
 */
export function isReachable(
  actor: Actor,
  record: Reachable,
  work: Work,
  restricted: Restrictions['patients'],
): boolean {
  if (actor.type === 'user' && actor.role === 'patient') return record.patientId === actor.patientId
  const restriction = restricted[record.patientId]
  if (!restriction || actor.type === 'system') return true
  if (actor.type !== 'user') return false
  const { practitionerId, role } = actor
  if (practitionerId && [record.practitionerId, ...restriction.careTeam].includes(practitionerId)) return true
  return leaseOn(actor, record.patientId) !== undefined || goesOn(restriction.confidentiality, role, work)
}

const goesOn = (confidentiality: Confidentiality, role: Role, work: Work): boolean =>
  confidentiality === 'restricted' && workers[work].includes(role)

/** Whether a role has some work that goes on with a restricted record. */
export const hasWork = (role: Role): boolean => Object.values(workers).some(roles => roles.includes(role))
