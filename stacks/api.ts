import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpApi, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { Configuration } from './configuration.ts'

/** The HTTP API. Routes are the domain stacks' own. Its log knows routes and not paths: paths hold ids of people. */
export class ApiStack extends Stack {
  readonly api: HttpApi

  constructor(scope: Construct, id: string, props: StackProps & { configuration: Configuration; logsKey: Key }) {
    super(scope, id, props)
    const { stage, logDays } = props.configuration
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/haven/${stage}/api`,
      retention: logDays,
      encryptionKey: props.logsKey,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    this.api = new HttpApi(this, 'Api', { apiName: `haven-${stage}`, createDefaultStage: false })
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 20_000, burstLimit: 10_000 },
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logs),
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            time: '$context.requestTimeEpoch',
            routeKey: '$context.routeKey',
            status: '$context.status',
            responseLatency: '$context.responseLatency',
            integrationLatency: '$context.integrationLatency',
            integrationError: '$context.integration.status',
          }),
        ),
      },
    })
  }
}
