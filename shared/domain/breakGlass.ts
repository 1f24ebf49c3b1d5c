import type { Actor } from '../kernel/actor.ts'
import type { Lease } from '../schema/breakGlass.ts'
import type { Instant } from '../schema/time.ts'

/** Patients whose records one person may hold open at once. */
export const mostLeases = 5

/** What is open at a moment. At its last moment a lease is over. */
export const openLeases = (leases: readonly Lease[] | undefined, now: Instant): Lease[] =>
  (leases ?? []).filter(({ expiresAt }) => now < expiresAt)

/** The lease under which somebody looks at a patient's record, if there is one. */
export const leaseOn = (actor: Actor, patientId: string | undefined): Lease | undefined =>
  actor.type === 'user' ? actor.leases?.find(lease => lease.patientId === patientId) : undefined
