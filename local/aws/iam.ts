import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate'
import type { Policy } from '../template/model.ts'
import { account, type Need, region } from './service.ts'

/**
 * Decides by IAM's own rules whether the policies of a function's role allow what a call needs. Gives undefined when they
 * do, and otherwise the message that AWS would answer. The evaluator is a development tool and is named in this file alone.
 */
export function refuse(caller: { arn: string; policies: Policy[] }, need: Need): string | undefined {
  const result = runUnsafeSimulation(
    {
      request: {
        principal: caller.arn,
        action: need.action,
        resource: { resource: asResource(need.resource), accountId: account },
        contextVariables: {
          'aws:PrincipalArn': caller.arn,
          'aws:PrincipalAccount': account,
          'aws:RequestedRegion': region,
          'aws:SecureTransport': 'true',
          'aws:SourceAccount': account,
          ...need.context,
        },
      },
      identityPolicies: [{ name: 'role', policy: policyFor(caller.policies, need.action) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  )
  if (result === 'Allowed') return undefined
  const because =
    result === 'ExplicitlyDenied'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${need.action} action`
  return `User: ${caller.arn} is not authorized to perform: ${need.action} on resource: ${need.resource} ${because}`
}

type Statement = { Action?: string | string[] } & Record<string, unknown>

const known = new WeakMap<Policy[], Map<string, Policy>>()

/**
 * One policy of those statements that can speak about the action. The others decide nothing but cost the evaluator 0.1 ms
 * each, on the way of every call.
 */
function policyFor(policies: Policy[], action: string): Policy {
  const byAction = known.get(policies) ?? new Map<string, Policy>()
  known.set(policies, byAction)
  const made = byAction.get(action)
  if (made) return made
  const statements = policies
    .flatMap(policy => [policy.Statement].flat() as Statement[])
    .filter(({ Action }) => !Action || [Action].flat().some(pattern => speaksOf(pattern, action)))
  const policy = { Version: '2012-10-17', Statement: JSON.parse(asResource(JSON.stringify(statements))) as object[] }
  byAction.set(action, policy)
  return policy
}

function speaksOf(pattern: string, action: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i').test(action)
}

/**
 * A KMS key's ARN under a type that the evaluator does not know. For a key it asks for the key's own policy too, which as
 * CDK writes it leaves the decision to IAM; this form of the evaluator cannot read one, and its other form drops
 * `kms:EncryptionContext`.
 */
const asResource = (text: string) => text.replace(/(:kms:[^:"]*:[^:"]*:)key\//g, '$1local-key/')
