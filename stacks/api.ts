import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  ApiMapping,
  DomainName,
  HttpApi,
  HttpStage,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { IHostedZone } from 'aws-cdk-lib/aws-route53'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Configuration } from './configuration.ts'

/** The HTTP API. Routes are the domain stacks' own. Its log knows routes and not paths: paths hold ids of people. */
export class ApiStack extends Stack {
  readonly api: HttpApi
  /** Where the edge finds it, when there is one. */
  readonly domain?: string

  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { configuration: Configuration; logsKey: Key; zone?: IHostedZone },
  ) {
    super(scope, id, props)
    const { stage, logDays } = props.configuration
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/haven/${stage}/api`,
      retention: logDays,
      encryptionKey: props.logsKey,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    this.api = new HttpApi(this, 'Api', {
      apiName: `haven-${stage}`,
      createDefaultStage: false,
      // Behind an edge it has no other door: what comes past the firewall does not come.
      disableExecuteApiEndpoint: props.zone !== undefined,
    })
    const live = new HttpStage(this, 'Stage', {
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
    if (props.zone) this.domain = this.openToEdge(props.configuration, props.zone, live)
  }

  /** The door for the edge: the portal's own name, so that Host stays what the browser said, and a certificate that only it has. */
  private openToEdge({ origin, originTruststore = '' }: Configuration, zone: IHostedZone, stage: HttpStage): string {
    const { host } = new URL(origin)
    const truststore = new URL(originTruststore)
    const domainName = new DomainName(this, 'Domain', {
      domainName: host,
      certificate: new Certificate(this, 'Certificate', {
        domainName: host,
        validation: CertificateValidation.fromDns(zone),
      }),
      securityPolicy: SecurityPolicy.TLS_1_2,
      mtls: {
        bucket: Bucket.fromBucketName(this, 'Truststore', truststore.host),
        key: truststore.pathname.slice(1),
      },
    })
    new ApiMapping(this, 'Mapping', { api: this.api, domainName, stage })
    return domainName.regionalDomainName
  }
}
