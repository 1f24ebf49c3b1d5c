import type { Role } from '../schema/identity.ts'

/**
 * Who may do what. A role is a set of permissions; an action names the one it needs. Which *records* a patient may touch
 * is decided in the store (only their own), so a permission here never widens that.
 */
const permissionsOf = {
  patient: [
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
    'appointment:read',
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
    'appointment:read',
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
    'appointment:read',
    'appointment:create',
    'appointment:cancel',
    'appointment:complete',
    'audit:read',
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
    'policy:manage',
    'session:manage',
    'telehealth:host',
    'telehealth:read',
    'user:invite',
    'user:manage',
    'user:read',
  ],
  auditor: ['audit:read', 'limit:read', 'operations:read', 'user:read'],
} as const satisfies Record<Role, readonly string[]>

export type { Role }
export type Permission = (typeof permissionsOf)[Role][number]

/** Every permission there is, each once: what a scope of an API key may name. */
export const allPermissions = [...new Set(Object.values(permissionsOf).flat())].sort() as readonly Permission[]

/** True when the role holds the permission. `audit:read` includes reading one's own trail. */
export function mayDo(role: Role, permission: Permission): boolean {
  const held: readonly Permission[] = permissionsOf[role]
  return held.includes(permission) || (permission === 'audit:read-own' && held.includes('audit:read'))
}

/** Everybody but patients: MFA is required of them, and a trusted device never replaces it. */
export const isWorkforce = (role: Role): boolean => role !== 'patient'
