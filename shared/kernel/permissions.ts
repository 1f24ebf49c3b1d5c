import type { Role } from '../schema/identity.ts'

/**
 * Who may do what. A role is a set of permissions; an action names the one it needs. Which *records* a patient may touch
 * is decided in the store (only their own), so a permission here never widens that.
 */
const permissionsOf = {
  patient: [
    'erasure:read',
    'erasure:request',
    'record-export:order',
    'substance-use:read',
    'amendment:read',
    'amendment:request',
    'disclosure:read',
    'consent:manage',
    'consent:read',
    'appointment:read',
    'appointment:create',
    'appointment:cancel',
    'audit:read-own',
    'claim:read',
    'patient:read',
    'practitioner:read',
    'sms-factor:manage',
    'telehealth:join',
    'telehealth:read',
  ],
  practitioner: [
    'retention:read',
    'psychotherapy:read',
    'psychotherapy:write',
    'substance-use:read',
    'substance-use:write',
    'amendment:decide',
    'amendment:read',
    'amendment:request',
    'disclosure:read',
    'disclosure:record',
    'patient:update',
    'consent:manage',
    'consent:read',
    'appointment:read',
    'break-glass:start',
    'appointment:create',
    'appointment:cancel',
    'appointment:complete',
    'claim:read',
    'claim:create',
    'coverage:read',
    'patient:invite',
    'patient:read',
    'patient:create',
    'practitioner:read',
    'telehealth:join',
    'telehealth:host',
    'telehealth:read',
  ],
  supervisor: [
    'retention:read',
    'psychotherapy:read',
    'psychotherapy:write',
    'substance-use:read',
    'substance-use:write',
    'amendment:decide',
    'amendment:read',
    'amendment:request',
    'disclosure:read',
    'disclosure:record',
    'patient:update',
    'consent:manage',
    'consent:read',
    'appointment:read',
    'break-glass:start',
    'appointment:create',
    'appointment:cancel',
    'appointment:complete',
    'claim:read',
    'claim:create',
    'coverage:read',
    'patient:invite',
    'patient:read',
    'patient:create',
    'practitioner:read',
    'practitioner:manage',
    'telehealth:join',
    'telehealth:host',
    'telehealth:read',
  ],
  biller: [
    'retention:read',
    'disclosure:record',
    'appointment:read',
    'claim:read',
    'claim:create',
    'claim:submit',
    'coverage:read',
    'coverage:create',
    'patient:read',
    'practitioner:read',
  ],
  'front-desk': [
    'retention:read',
    'amendment:read',
    'amendment:request',
    'disclosure:read',
    'disclosure:record',
    'patient:update',
    'consent:manage',
    'consent:read',
    'appointment:read',
    'appointment:create',
    'appointment:cancel',
    'appointment:complete',
    'coverage:read',
    'coverage:create',
    'patient:invite',
    'patient:read',
    'patient:create',
    'practitioner:read',
    'telehealth:host',
    'telehealth:read',
  ],
  admin: [
    'erasure:decide',
    'erasure:read',
    'erasure:request',
    'legal-hold:manage',
    'retention:read',
    'record-export:order',
    'amendment:decide',
    'amendment:read',
    'amendment:request',
    'disclosure:read',
    'disclosure:record',
    'patient:update',
    'consent:publish',
    'consent:manage',
    'consent:read',
    'appointment:read',
    'break-glass:read',
    'break-glass:review',
    'appointment:create',
    'appointment:cancel',
    'appointment:complete',
    'audit:read',
    'audit:review',
    'claim:read',
    'claim:create',
    'claim:submit',
    'coverage:read',
    'coverage:create',
    'patient:read',
    'patient:create',
    'practitioner:read',
    'practitioner:manage',
    'api-key:manage',
    'limit:manage',
    'limit:read',
    'operations:read',
    'patient:invite',
    'patient:restrict',
    'policy:manage',
    'session:manage',
    'telehealth:host',
    'telehealth:read',
    'user:invite',
    'user:manage',
    'user:read',
  ],
  auditor: ['audit:read', 'break-glass:read', 'limit:read', 'operations:read', 'retention:read', 'user:read'],
} as const satisfies Record<Role, readonly string[]>

export type { Role }
export type Permission = (typeof permissionsOf)[Role][number]

/** Every permission there is, each once: what a scope of an API key may name. */
export const allPermissions = [...new Set(Object.values(permissionsOf).flat())].sort() as readonly Permission[]

/** What no program and no app is ever given: to make other keys, and to come near what is kept from the record. */
export const personal: readonly string[] = [
  'api-key:manage',
  'psychotherapy:read',
  'psychotherapy:write',
  'substance-use:read',
  'substance-use:write',
  'record-export:order',
] satisfies Permission[]

/** What a program can be given: nothing personal, nor what somebody may see because it is their own. */
export const grantable = allPermissions.filter(
  permission => !personal.includes(permission) && permission !== 'audit:read-own',
)

/** What a role may hand on: whoever makes a key or lets an app in gives no more than they have. */
export const heldBy = (role: Role): readonly Permission[] => permissionsOf[role]

/** Whether scopes hold a permission. `audit:read` includes reading one's own trail. */
export const covers = (scopes: readonly string[], permission: Permission): boolean =>
  scopes.includes(permission) || (permission === 'audit:read-own' && scopes.includes('audit:read'))

/** True when the role holds the permission. `audit:read` includes reading one's own trail. */
export function mayDo(role: Role, permission: Permission): boolean {
  return covers(permissionsOf[role], permission)
}

/** Everybody but patients: MFA is required of them, and a trusted device never replaces it. */
export const isWorkforce = (role: Role): boolean => role !== 'patient'

/** The roles that hold a permission. */
export const rolesWith = (permission: Permission): Role[] =>
  (Object.keys(permissionsOf) as Role[]).filter(role => mayDo(role, permission))
