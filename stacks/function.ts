import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch'
import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy'
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Alias, Architecture, type CfnAlias, Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Entry } from '../functions/catalogue.ts'
import { gatesOf, workerGates } from '../shared/ports/gates.ts'
import { alarmsOf } from './alarms.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'
import { acknowledgeFindings } from './findings.ts'
import { acknowledge, wildcard } from './gates.ts'
import { functionName } from './name.ts'
import { accessOf } from './policy.ts'
import type { ReleaseStack } from './release.ts'

export interface FunctionProps {
  entry: Entry
  codeDir: string
  data: DataStack
  configuration: Configuration
  /** What moves requests to a new version step by step; at once without it. */
  release?: ReleaseStack
  /** Of the edge, where there is one. */
  distributionId?: string
}

/** One function with all that belongs to it: its own role and policy, its log group, its alarms. */
export class DomainFunction extends Construct {
  readonly lambda: Lambda
  /** The version that requests go to: whatever calls the function calls this. */
  readonly live: Alias
  readonly policy: ManagedPolicy
  /** Its alarms, which call nobody by themselves. */
  readonly alarms: readonly Alarm[]

  constructor(scope: Construct, { entry, codeDir, data, configuration, release, distributionId }: FunctionProps) {
    super(scope, entry.name)
    const { declaration } = entry
    const name = functionName(configuration.stage, entry.id)
    const gates = declaration.kind === 'action' ? gatesOf(declaration, configuration.edge) : workerGates(declaration)
    const { statements, environment, wildcards } = accessOf(
      [gates, declaration.uses],
      data,
      configuration,
      distributionId,
    )

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
      // With a canary the version before must be there to go back to; the broom of the release removes what is older.
      currentVersionOptions: { removalPolicy: release ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY },
    })
    this.lambda.node.addDependency(this.policy)
    const version = this.lambda.currentVersion
    this.live = new Alias(this, 'Live', { aliasName: 'live', version })
    const { errors, slow, throttles } = alarmsOf(this, this.live, entry)
    this.alarms = [errors, slow, throttles]
    if (release) canary(this, name, release, [errors, throttles])
    acknowledgeFindings(
      this.lambda,
      sourceOf(entry),
      declaration.kind === 'worker' && declaration.concurrency !== undefined,
    )
    acknowledge(
      this.policy,
      'A function writes to its own log group alone; the streams in it are named by the service.',
      wildcard(`arn:<AWS::Partition>:logs:${data.region}:<AWS::AccountId>:log-group:${groupName}:log-stream:*`),
    )
    for (const { resource, because } of wildcards) acknowledge(this.policy, because, wildcard(resource))
  }
}

/** A tenth of the requests for five minutes, if the probe lets it; and back when it fails, is stopped, or an alarm goes off. */
function canary(fn: DomainFunction, deploymentGroupName: string, release: ReleaseStack, alarms: Alarm[]): void {
  const group = new LambdaDeploymentGroup(fn, 'Canary', {
    deploymentGroupName,
    application: release.application,
    // By its ARN: else an AWS-managed policy would be added to what its own policy allows.
    role: Role.fromRoleArn(fn, 'ReleaseRole', release.role.roleArn, { mutable: false }),
    alias: fn.live,
    deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
    alarms,
    autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
  })
  const { defaultChild } = fn.live.node
  // The probe by its name as it is: a hook of another stack is known by no reference.
  ;(defaultChild as CfnAlias).cfnOptions.updatePolicy = {
    codeDeployLambdaAliasUpdate: {
      applicationName: release.application.applicationName,
      deploymentGroupName: group.deploymentGroupName,
      beforeAllowTrafficHook: release.probeName,
    },
  }
}

function sourceOf({ declaration }: Entry): 'route' | 'queue' | 'stream' | 'schedule' | 'rotation' {
  if (declaration.kind === 'action') return 'route'
  if ('queue' in declaration.source) return 'queue'
  if ('rotates' in declaration.source) return 'rotation'
  return 'schedule' in declaration.source ? 'schedule' : 'stream'
}
