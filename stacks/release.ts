import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { LambdaApplication } from 'aws-cdk-lib/aws-codedeploy'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { watch } from './alarms.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'
import { allow, operation, type Right } from './operation.ts'

interface ReleaseProps extends StackProps {
  configuration: Configuration
  data: DataStack
  alerts: ITopic
  /** Where the two functions were built. */
  dirs: { probe: string; prune: string }
}

/** What moves requests from an old version to a new one: the application, its role, the probe before and the broom after. */
export class ReleaseStack extends Stack {
  readonly application: LambdaApplication
  readonly role: Role
  readonly probeName: string
  private readonly props: ReleaseProps

  constructor(scope: Construct, id: string, props: ReleaseProps) {
    super(scope, id, props)
    this.props = props
    const { stage } = props.configuration
    this.probeName = `haven-${stage}-release-probe`
    const functions = this.arn('lambda', 'function', `haven-${stage}-*`)
    const groups = this.arn('codedeploy', 'deploymentgroup', `haven-${stage}/*`)
    this.application = new LambdaApplication(this, 'Application', { applicationName: `haven-${stage}` })

    const ofThisStage =
      'Functions of this stage alone, by the beginning of their names; a list of them all is longer than a policy may be.'
    const probe = this.lambda('probe', 'Asks a new version one question before it takes over', Duration.seconds(60), [
      [
        ['codedeploy:GetDeployment', 'codedeploy:PutLifecycleEventHookExecutionStatus'],
        groups,
        'Deployments of this application alone, whose groups are named after its functions.',
      ],
      [['lambda:InvokeFunction'], `${functions}:*`, ofThisStage],
    ])
    const prune = this.lambda('prune', 'Removes versions of functions that nobody needs', Duration.minutes(5), [
      [['lambda:ListAliases', 'lambda:ListVersionsByFunction'], functions, ofThisStage],
      // The colon is what matters: a version can be removed so, and a function cannot.
      [['lambda:DeleteFunction'], `${functions}:*`, ofThisStage],
    ])
    new Rule(this, 'Prune', {
      schedule: Schedule.expression('cron(0 9 * * ? *)'),
      description: 'Removes versions of functions that nobody needs',
      targets: [
        new LambdaFunction(prune, {
          retryAttempts: 2,
          deadLetterQueue: Queue.fromQueueArn(this, 'Undelivered', props.data.deadLetters.queueArn),
        }),
      ],
    })

    const failed = {
      metric: prune.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 1,
      description: 'Old versions of functions are not removed: in time their code fills what the account may store',
      runbook: 'release-broom' as const,
    }
    watch(this, 'PruneFailed', failed, props.alerts)

    this.role = new Role(this, 'Role', {
      roleName: `haven-${stage}-release`,
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      description: 'CodeDeploy moves requests between versions of functions of this stage',
    })
    allow(this, 'RolePolicy', this.role, [
      [
        ['cloudwatch:DescribeAlarms'],
        this.arn('cloudwatch', 'alarm', `Haven-${stage}-*`),
        'Alarms of this stage alone: which of them belong to a function, its deployment group says.',
      ],
      [['lambda:InvokeFunction'], probe.functionArn],
      [['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'], functions, ofThisStage],
    ])
  }

  private lambda(name: keyof ReleaseProps['dirs'], description: string, timeout: Duration, rights: Right[]): Lambda {
    const { dirs } = this.props
    const [by, reserved] = name === 'prune' ? (['schedule', 1] as const) : (['release'] as const)
    const operated = { id: `release.${name}`, description, dir: dirs[name], timeout, rights, by }
    return operation(this, { ...operated, ...(reserved && { reserved }) }, this.props)
  }

  private arn(service: string, resource: string, resourceName: string): string {
    return `arn:aws:${service}:${this.region}:${this.account}:${resource}:${resourceName}`
  }
}
