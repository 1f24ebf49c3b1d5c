import { describe, expect, it } from 'vitest'
import { catalogue, isAction } from '../../../functions/catalogue.ts'
import { isWorkforce, mayDo, type Permission } from '../../../shared/kernel/permissions.ts'
import { Role } from '../../../shared/schema/identity.ts'

const actions = (await catalogue()).filter(isAction)
const open = ['anyone', 'signed-in', 'pending-mfa']
const needed = [...new Set(actions.map(({ declaration }) => declaration.allow))].filter(
  (allow): allow is Permission => !open.includes(allow),
)

/** Who may do what, by word: a change of the catalogue of permissions has to be made here too. */
const held: Record<Permission, string> = {
  'api-key:manage': 'admin',
  'amendment:decide': 'practitioner supervisor admin',
  'amendment:read': 'patient practitioner supervisor front-desk admin',
  'amendment:request': 'patient practitioner supervisor front-desk admin',
  'appointment:read': 'patient practitioner supervisor biller front-desk admin',
  'appointment:create': 'patient practitioner supervisor front-desk admin',
  'appointment:cancel': 'patient practitioner supervisor front-desk admin',
  'appointment:complete': 'practitioner supervisor front-desk admin',
  'audit:read': 'admin auditor',
  'audit:read-own': 'patient admin auditor',
  'audit:review': 'admin',
  'break-glass:read': 'admin auditor',
  'break-glass:review': 'admin',
  'break-glass:start': 'practitioner supervisor',
  'claim:read': 'patient practitioner supervisor biller admin',
  'claim:create': 'practitioner supervisor biller admin',
  'claim:submit': 'biller admin',
  'consent:manage': 'patient practitioner supervisor front-desk admin',
  'consent:publish': 'admin',
  'consent:read': 'patient practitioner supervisor front-desk admin',
  'coverage:read': 'practitioner supervisor biller front-desk admin',
  'coverage:create': 'biller front-desk admin',
  'disclosure:read': 'patient practitioner supervisor front-desk admin',
  'disclosure:record': 'practitioner supervisor biller front-desk admin',
  'erasure:decide': 'admin',
  'erasure:read': 'patient admin',
  'erasure:request': 'patient admin',
  'legal-hold:manage': 'admin',
  'limit:manage': 'admin',
  'limit:read': 'admin auditor',
  'operations:read': 'admin auditor',
  'patient:read': 'patient practitioner supervisor biller front-desk admin',
  'patient:create': 'practitioner supervisor front-desk admin',
  'patient:invite': 'practitioner supervisor front-desk admin',
  'patient:update': 'practitioner supervisor front-desk admin',
  'patient:restrict': 'admin',
  'policy:manage': 'admin',
  'practitioner:read': 'patient practitioner supervisor biller front-desk admin',
  'practitioner:manage': 'supervisor admin',
  'record-export:order': 'patient admin',
  'sms-factor:manage': 'patient',
  'telehealth:join': 'patient practitioner supervisor',
  'telehealth:host': 'practitioner supervisor front-desk admin',
  'psychotherapy:read': 'practitioner supervisor',
  'psychotherapy:write': 'practitioner supervisor',
  'retention:read': 'practitioner supervisor biller front-desk admin auditor',
  'session:manage': 'admin',
  'substance-use:read': 'patient practitioner supervisor',
  'substance-use:write': 'practitioner supervisor',
  'telehealth:read': 'patient practitioner supervisor front-desk admin',
  'user:invite': 'admin',
  'user:manage': 'admin',
  'user:read': 'admin auditor',
}

describe.each(Object.entries(held) as [Permission, string][])('%s', (permission, roles) => {
  it(`is held by ${roles}, and by nobody else`, () => {
    expect(Role.options.filter(role => mayDo(role, permission))).toEqual(
      Role.options.filter(role => roles.split(' ').includes(role)),
    )
  })
})

describe('permissions', () => {
  it.each(needed)('%s, which an action asks for, is held by somebody', permission => {
    expect(Role.options.some(role => mayDo(role, permission))).toBe(true)
  })

  it('reach nobody beyond the roles that there are', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'root']) {
      expect(() => mayDo(name as Role, 'claim:submit')).toThrow()
    }
  })

  it('of a patient change nothing but their own appointments, calls, consents, requests, copies and phone', () => {
    const patients = (Object.keys(held) as Permission[]).filter(permission => mayDo('patient', permission))
    expect(patients.filter(permission => !/:(read|read-own)$/.test(permission)).sort()).toEqual([
      'amendment:request',
      'appointment:cancel',
      'appointment:create',
      'consent:manage',
      'erasure:request',
      'record-export:order',
      'sms-factor:manage',
      'telehealth:join',
    ])
  })

  it('of an auditor change nothing at all', () => {
    for (const permission of (Object.keys(held) as Permission[]).filter(each => mayDo('auditor', each))) {
      expect(permission).toMatch(/:read(-own)?$/)
    }
  })

  it('make workforce of everybody but patients', () => {
    expect(Role.options.filter(role => !isWorkforce(role))).toEqual(['patient'])
  })
})
