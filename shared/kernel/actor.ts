import type { Session } from '../schema/identity.ts'
import type { PatientId, PracticeId, PractitionerId, SessionId, UserId } from '../schema/ids.ts'
import type { Role } from './permissions.ts'

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
}

/** A worker, acting for a practice or, when it cleans up, for all. `id` is the worker's own id. */
export interface SystemActor {
  type: 'system'
  id: string
  practiceId?: PracticeId | undefined
}

export type Actor = UserActor | SystemActor | { type: 'anonymous' }
