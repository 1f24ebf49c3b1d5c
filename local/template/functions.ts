import type { LambdaFunction, Policy } from './model.ts'
import type { Resource } from './resolve.ts'

type OfType = (type: string) => Resource[]

/** The template's functions, each with the bundle it runs and the policies of its role. */
export function readFunctions(ofType: OfType): LambdaFunction[] {
  const policies = policiesOf(ofType)
  return ofType('AWS::Lambda::Function').flatMap(({ ref, attributes, properties, stack }) => {
    const { S3Key } = (properties.Code ?? {}) as { S3Key?: string }
    const code = S3Key && stack.assets.get(S3Key)
    // CDK's own helpers for custom resources are inline or in other languages; they serve the deployment alone.
    if (!code || !String(properties.Runtime).startsWith('nodejs')) return []
    const variables = (properties.Environment as { Variables?: Record<string, unknown> })?.Variables ?? {}
    return {
      name: ref,
      arn: String(attributes.Arn),
      code,
      handler: String(properties.Handler),
      environment: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
      timeout: Number(properties.Timeout ?? 3),
      memory: Number(properties.MemorySize ?? 128),
      reserved: properties.ReservedConcurrentExecutions as number | undefined,
      policies: policies(String(properties.Role)),
    }
  })
}

/** All documents that speak about a role: its own, those attached to it, and those that name it. */
function policiesOf(ofType: OfType): (roleArn: string) => Policy[] {
  const managed = ofType('AWS::IAM::ManagedPolicy')
  const named = [...ofType('AWS::IAM::Policy'), ...managed]
  return roleArn => {
    const role = ofType('AWS::IAM::Role').find(({ attributes }) => attributes.Arn === roleArn)
    if (!role) return []
    const inline = (role.properties.Policies ?? []) as { PolicyDocument: Policy }[]
    const attached = (role.properties.ManagedPolicyArns ?? []) as string[]
    const documents = new Set([
      ...managed.filter(({ ref }) => attached.includes(ref)),
      ...named.filter(({ properties }) => ((properties.Roles ?? []) as string[]).includes(role.ref)),
    ])
    return [
      ...inline.map(({ PolicyDocument }) => PolicyDocument),
      ...[...documents].map(({ properties }) => properties.PolicyDocument as Policy),
    ]
  }
}

/** The function's name in an ARN of it, of its version or alias, or in API Gateway's invocation URI. */
export function functionNameIn(text: string): string {
  return /:function:([^:/]+)/.exec(text)?.[1] ?? text.replace(/:\w+$/, '')
}
