import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Annotations, CfnOutput, RemovalPolicy, SecretValue, Stack, type StackProps } from 'aws-cdk-lib'
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager'
import {
  AllowedMethods,
  CachePolicy,
  type CfnDistribution,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  GeoRestriction,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  OriginSslPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { AaaaRecord, ARecord, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53'
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets'
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Entry } from '../functions/catalogue.ts'
import { logAccess, replication } from './access-logs.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'
import { Firewall } from './edge/firewall.ts'
import { apiHeaders, pageHeaders } from './edge/headers.ts'
import { deliverAccessLog, edgeLogs } from './edge/logs.ts'
import { acknowledge } from './gates.ts'

interface EdgeProps extends StackProps {
  configuration: Configuration
  entries: readonly Entry[]
  data: DataStack
  zone: IHostedZone
  /** The API's own name at API Gateway: where its requests go, under the portal's name. */
  apiDomain: string
}

/** Portal and API under one name, behind one firewall: no other origin, no CORS, and cookies of one host. */
export class EdgeStack extends Stack {
  readonly distributionId: string

  constructor(scope: Construct, id: string, { configuration, entries, data, zone, apiDomain, ...props }: EdgeProps) {
    super(scope, id, props)
    const { stage, origin, originCertificate, countries } = configuration
    const { host } = new URL(origin)
    const site = this.siteBucket(data)
    const firewallLogs = edgeLogs(this, 'FirewallLog', `aws-waf-logs-haven-${stage}`, {
      configuration,
      key: data.logsKey,
    })
    const { arn: webAclId } = new Firewall(this, { stage, entries, logs: firewallLogs })

    const distribution = new Distribution(this, 'Distribution', {
      comment: `haven-${stage}`,
      domainNames: [host],
      certificate: new Certificate(this, 'Certificate', {
        domainName: host,
        validation: CertificateValidation.fromDns(zone),
      }),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      webAclId,
      ...(countries && { geoRestriction: GeoRestriction.allowlist(...countries.split(',')) }),
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(site),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: pageHeaders(this, stage),
        functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: this.pages(stage) }],
        compress: true,
      },
      additionalBehaviors: {
        '/api/*': {
          origin: new HttpOrigin(apiDomain, {
            protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
            originSslProtocols: [OriginSslPolicy.TLS_V1_2],
            customHeaders: {
              // By name and not by reference: CloudFormation reads it while it deploys, and no template holds it.
              'x-origin-verify': SecretValue.secretsManager(`haven/${stage}/origin`, {
                jsonField: 'current',
              }).unsafeUnwrap(),
            },
          }),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          originRequestPolicy: this.wholeRequest(stage),
          responseHeadersPolicy: apiHeaders(this, stage),
          compress: true,
        },
      },
    })
    this.distributionId = distribution.distributionId
    const { defaultChild } = distribution.node
    const api = 'DistributionConfig.Origins.1.CustomOriginConfig.OriginMtlsConfig.ClientCertificateArn'
    ;(defaultChild as CfnDistribution).addPropertyOverride(api, originCertificate)
    deliverAccessLog(this, distribution, { configuration, key: data.logsKey })
    acknowledge(
      distribution,
      'It logs by the second version of standard logging, into an encrypted group and by a choice of fields; the rule knows the first alone, which writes paths and cookies into a bucket.',
      'AwsSolutions-CFR3',
    )
    if (!countries) {
      acknowledge(distribution, 'The operator has chosen no countries: patients travel.', 'AwsSolutions-CFR1')
    }

    const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution))
    new ARecord(this, 'Name', { zone, recordName: host, target })
    new AaaaRecord(this, 'Name6', { zone, recordName: host, target })
    new CfnOutput(this, 'SiteBucket', { value: site.bucketName, description: 'Where the portal’s files go' })
    new CfnOutput(this, 'DistributionId', { value: distribution.distributionId })
    new CfnOutput(this, 'PortalOrigin', { value: origin })
  }

  /** The portal's files: nobody reads them but the edge, which proves itself to S3 by its own signature. */
  private siteBucket(data: DataStack): Bucket {
    const key = new Key(this, 'SiteKey', {
      description: 'Files of the portal',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: {
          StringEquals: { 'aws:SourceAccount': this.account },
          ArnLike: {
            'aws:SourceArn': this.formatArn({
              service: 'cloudfront',
              region: '',
              resource: 'distribution',
              resourceName: '*',
            }),
          },
        },
      }),
    )
    const site = new Bucket(this, 'Site', {
      versioned: true,
      encryption: BucketEncryption.KMS,
      // By its ARN, so that nobody adds the distribution to its policy: each would wait for the other.
      encryptionKey: Key.fromKeyArn(this, 'SiteKeyByArn', key.keyArn),
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    // The policy above says what CDK warns of: a distribution of this account, and not which.
    Annotations.of(this).acknowledgeWarning('@aws-cdk/aws-cloudfront-origins:wildcardKeyPolicyForOac')
    logAccess(site, data.accessLogs.bucketName, 'site')
    acknowledge(site, 'Files that are built from the repository: every release makes them again.', ...replication)
    return site
  }

  private pages(stage: string): EdgeFunction {
    return new EdgeFunction(this, 'Pages', {
      functionName: `haven-${stage}-pages`,
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(readFileSync(join(import.meta.dirname, 'edge', 'pages.js'), 'utf8')),
    })
  }

  /** All that the client sent, its Host too: the API has the portal's name. And its address, which a client cannot write. */
  private wholeRequest(stage: string): OriginRequestPolicy {
    return new OriginRequestPolicy(this, 'WholeRequest', {
      originRequestPolicyName: `haven-${stage}-whole-request`,
      headerBehavior: OriginRequestHeaderBehavior.all('CloudFront-Viewer-Address'),
      cookieBehavior: OriginRequestCookieBehavior.all(),
      queryStringBehavior: OriginRequestQueryStringBehavior.all(),
    })
  }
}
