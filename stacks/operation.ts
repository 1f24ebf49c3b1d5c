import { join } from 'node:path'
import { type Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { build } from 'esbuild'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'
import { acknowledgeFindings } from './findings.ts'
import { acknowledge, wildcard } from './gates.ts'

/** Where the functions of a folder are built for a stage: each in a folder of its name, as `index.js`. */
export async function bundleOperation(folder: string, stage: string, names: readonly string[]): Promise<string> {
  const outdir = join(import.meta.dirname, '..', '.build', folder, stage)
  await build({
    entryPoints: Object.fromEntries(
      names.map(name => [`${name}/index`, join(import.meta.dirname, folder, `${name}.ts`)]),
    ),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  return outdir
}

/** What may be done, to what, and why that is more than one thing, where it is; where needed, on what condition. */
export type Right = [actions: string[], resource: string, because?: string, conditions?: Record<string, unknown>]

interface Operation {
  /** `release.probe`: the folder of its code, and its file. */
  id: string
  description: string
  /** Where it was built. */
  dir: string
  timeout: Duration
  rights: readonly Right[]
  /** What calls it. */
  by: Parameters<typeof acknowledgeFindings>[1]
  /** So many at once. */
  reserved?: number
  environment?: Record<string, string>
}

/** A function of operations, outside of the domains: its own role and policy, its log group. */
export function operation(
  scope: Stack,
  { id, description, dir, timeout, rights, by, reserved, environment }: Operation,
  { configuration, data }: { configuration: Configuration; data: DataStack },
): Lambda {
  const { stage, logDays } = configuration
  const [, name = ''] = id.split('.')
  const functionName = `haven-${stage}-${id.replace('.', '-')}`
  const logGroupName = `/haven/${stage}/${id}`
  const role = new Role(scope, `${name}Role`, {
    roleName: functionName,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description,
  })
  const policy = allow(scope, `${name}Policy`, role, [
    [
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      scope.formatArn({ service: 'logs', resource: `log-group:${logGroupName}:log-stream:*` }),
      'A function writes to its own log group alone; the streams in it are named by the service.',
    ],
    ...rights,
  ])
  const lambda = new Lambda(scope, name, {
    functionName,
    description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(dir),
    handler: 'index.handler',
    timeout,
    memorySize: 256,
    reservedConcurrentExecutions: reserved,
    ...(environment && { environment }),
    role,
    logGroup: new LogGroup(scope, `${name}Logs`, {
      logGroupName,
      retention: logDays,
      encryptionKey: data.logsKey,
      removalPolicy: RemovalPolicy.RETAIN,
    }),
  })
  lambda.node.addDependency(policy)
  acknowledgeFindings(lambda, by, reserved !== undefined)
  return lambda
}

/** A policy of its own for a role, with what it says of many things acknowledged. */
export function allow(scope: Stack, id: string, role: Role, rights: readonly Right[]): ManagedPolicy {
  const policy = new ManagedPolicy(scope, id, {
    roles: [role],
    statements: rights.map(
      ([actions, resource, , conditions]) =>
        new PolicyStatement({ actions, resources: [resource], ...(conditions && { conditions }) }),
    ),
  })
  for (const [, resource, because] of rights) {
    if (!because) continue
    const resolved = scope.resolve(resource) as string | { 'Fn::Join': [string, (string | { Ref: string })[]] }
    const parts = typeof resolved === 'string' ? [resolved] : resolved['Fn::Join'][1]
    const named = parts.map(part => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('')
    acknowledge(policy, because, wildcard(named))
  }
  return policy
}
