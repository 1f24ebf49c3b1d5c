import { describe, expect, it } from 'vitest'
import { sensitiveRoles } from '../../stacks/sensitive.ts'
import { nameOf, ofType, pathOf, resources, statementsOf } from './cloud.ts'

const keyOf = { psychotherapy: 'PsychotherapyKey', 'substance-use': 'SubstanceUseKey' } as const
const spaceOf = { psychotherapy: 'PSYCHOTHERAPY#*', 'substance-use': 'SUBSTANCEUSE#*' } as const
const domainOf = { psychotherapy: 'psychotherapy', 'substance-use': 'substanceuse' } as const

/** Which function each policy belongs to, by its role, and what it says. */
const policies = ofType('AWS::IAM::ManagedPolicy').map(policy => {
  const [role] = policy.properties.Roles as unknown[]
  const { id } = resources.find(resource => pathOf(resource) === nameOf(role, policy.stack)) ?? {}
  const named = resources.find(({ stack, id: other }) => stack === policy.stack && other === id)
  return {
    role: String(named?.properties.RoleName),
    statements: statementsOf(policy.properties.PolicyDocument, policy.stack),
  }
})

describe.each(['psychotherapy', 'substance-use'] as const)('%s notes', name => {
  const key = ofType('AWS::KMS::Key', 'Data').find(({ id }) => id.startsWith(keyOf[name]))
  if (!key) throw new Error(`there is no key of ${name}`)
  const roles = sensitiveRoles[name].map(id => `haven-dev-${id.replace('.', '-')}`).sort()

  it('have a key of their own, which no other function may use', () => {
    const users = policies.filter(({ statements }) =>
      statements.some(
        ({ effect, actions, resources }) =>
          effect === 'Allow' &&
          actions.some(action => action.startsWith('kms:')) &&
          resources.some(resource => resource === `${pathOf(key)}.Arn` || resource === '*'),
      ),
    )
    expect(users.map(({ role }) => role).sort()).toEqual(roles)
  })

  it('have a key that itself refuses whoever is not named', () => {
    const denial = statementsOf(key.properties.KeyPolicy, 'Data').find(({ effect }) => effect === 'Deny')
    expect(denial?.principal).toEqual({ AWS: '*' })
    expect(denial?.actions).toEqual(expect.arrayContaining(['kms:Decrypt', 'kms:CreateGrant']))
    const { ArnNotEquals } = (denial?.condition ?? {}) as { ArnNotEquals?: Record<string, unknown[]> }
    const spared = ArnNotEquals?.['aws:PrincipalArn']?.map(arn => nameOf(arn, 'Data').replace(/^.*role\//, ''))
    expect(spared?.sort()).toEqual(roles)
  })

  it('have a space of keys in the table that only their own functions reach', () => {
    const readers = policies.filter(({ statements }) =>
      statements.some(
        ({ effect, actions, condition }) =>
          effect === 'Allow' &&
          JSON.stringify(condition).includes(`"${spaceOf[name]}"`) &&
          // Whoever erases a patient destroys the key of their notes, and reads nothing.
          actions.join() !== 'dynamodb:DeleteItem',
      ),
    )
    const own = ['create', 'get', 'list'].map(action => `haven-dev-${domainOf[name]}-${action}`)
    // A patient's own copy has their substance-use notes (42 CFR 2.23), and never psychotherapy notes.
    const copies = name === 'substance-use' ? ['haven-dev-recordexports-run'] : []
    expect(readers.map(({ role }) => role).sort()).toEqual([...copies, ...own])
  })
})
