import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import type { Entry } from '../functions/catalogue.ts'
import { gatesOf, workerGates } from '../shared/ports/gates.ts'
import { alarmsOf } from './alarms.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'
import { accessOf } from './policy.ts'

export interface FunctionProps {
  entry: Entry
  codeDir: string
  data: DataStack
  alerts: ITopic
  configuration: Configuration
}

/** The name of a function in an account: `haven-dev-claims-submit`. */
export const functionName = (stage: string, id: string): string => `haven-${stage}-${id.replace('.', '-')}`

/** One function with all that belongs to it: its own role and policy, its log group, its alarms. */
export class DomainFunction extends Construct {
  readonly lambda: Lambda
  readonly policy: ManagedPolicy

  constructor(scope: Construct, { entry, codeDir, data, alerts, configuration }: FunctionProps) {
    super(scope, entry.name)
    const { declaration } = entry
    const name = functionName(configuration.stage, entry.id)
    const gates = declaration.kind === 'action' ? gatesOf(declaration) : workerGates()
    const { statements, environment } = accessOf([gates, declaration.uses], data, configuration)

    const groupName = `/haven/${configuration.stage}/${entry.id}`
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: groupName,
      retention: configuration.logDays,
      encryptionKey: data.logsKey,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    const role = new Role(this, 'Role', {
      roleName: name,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: declaration.summary,
    })
    this.policy = new ManagedPolicy(this, 'Policy', {
      roles: [role],
      description: declaration.summary,
      statements: [
        new PolicyStatement({
          effect: Effect.ALLOW,
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          // The streams of its own group: their names are the service's.
          resources: [Stack.of(this).formatArn({ service: 'logs', resource: `log-group:${groupName}:log-stream:*` })],
        }),
        ...statements,
      ],
    })

    this.lambda = new Lambda(this, 'Function', {
      functionName: name,
      description: `${entry.id}: ${declaration.summary}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(codeDir),
      handler: 'index.handler',
      timeout: Duration.seconds(declaration.timeout),
      memorySize: declaration.memory,
      ...(declaration.kind === 'worker' && declaration.concurrency
        ? { reservedConcurrentExecutions: declaration.concurrency }
        : {}),
      role,
      logGroup,
      environment,
    })
    this.lambda.node.addDependency(this.policy)
    alarmsOf(this, this.lambda, entry, alerts)
  }
}
