import type { Lease } from '../schema/breakGlass.ts'
import type { Session } from '../schema/identity.ts'
import type { ApiKeyId, PatientId, PracticeId, PractitionerId, SessionId, UserId } from '../schema/ids.ts'
import { covers, mayDo, type Permission, type Role } from './permissions.ts'

export type AssuranceLevel = Session['aal']
export type AuthenticationMethod = Session['amr'][number]

/** Somebody with a session. */
export interface UserActor {
  type: 'user'
  userId: UserId
  practiceId: PracticeId
  role: Role
  sessionId: SessionId
  aal: AssuranceLevel
  amr: readonly AuthenticationMethod[]
  /** The record a patient owns: the store shows them no other. */
  patientId?: PatientId | undefined
  /** The practitioner that a member of the workforce is. */
  practitionerId?: PractitionerId | undefined
  /** Restricted records that are open to them at this moment, in an emergency. */
  leases?: readonly Lease[]
  /** Set when a native app acts for the user: what the app may ask for, within what the role holds. */
  scopes?: readonly string[] | undefined
  /** That app. */
  clientId?: string | undefined
}

/** A program of a practice, with an API key or an access token of it. To the store it is workforce of its practice. */
export interface ClientActor {
  type: 'client'
  id: ApiKeyId
  practiceId: PracticeId
  /** The permissions that it was given, in place of a role. */
  scopes: readonly string[]
  /** It is no person: neither somebody's role nor somebody's record is its own. */
  role?: undefined
  userId?: undefined
  patientId?: undefined
  practitionerId?: undefined
}

/** A worker, acting for a practice or, when it cleans up, for all. `id` is the worker's own id. */
export interface SystemActor {
  type: 'system'
  id: string
  practiceId?: PracticeId | undefined
}

export type Actor = UserActor | ClientActor | SystemActor | { type: 'anonymous' }

/** Whether the actor may do it: a user by role, a program by its scopes, a user's app by both. */
export const isPermitted = (actor: UserActor | ClientActor, permission: Permission): boolean =>
  (actor.type === 'client' || mayDo(actor.role, permission)) && (!actor.scopes || covers(actor.scopes, permission))
