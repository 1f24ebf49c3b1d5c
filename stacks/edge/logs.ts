import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource, LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { Configuration } from '../configuration.ts'

interface EdgeLog {
  configuration: Configuration
  key: IKey
}

/** What the edge says of a request. Not the path, the query or the cookies, which hold ids of people and what lets them in. */
const fields = [
  'date',
  'time',
  'c-ip',
  'cs-method',
  'sc-status',
  'sc-bytes',
  'time-taken',
  'x-edge-location',
  'x-edge-result-type',
  'x-edge-request-id',
  'cs-protocol-version',
  'ssl-protocol',
  'ssl-cipher',
]

/** A log group of the edge, encrypted and with an end. The firewall writes only to a group whose name begins as it wants. */
export const edgeLogs = (
  scope: Construct,
  id: string,
  logGroupName: string,
  { configuration, key }: EdgeLog,
): LogGroup =>
  new LogGroup(scope, id, {
    logGroupName,
    retention: configuration.logDays,
    encryptionKey: key,
    removalPolicy: RemovalPolicy.RETAIN,
  })

/** Delivers the distribution's log to a group of ours. The older way, to a bucket, has no choice of fields. */
export function deliverAccessLog(scope: Construct, distribution: Distribution, log: EdgeLog): void {
  const { stage } = log.configuration
  const group = edgeLogs(scope, 'AccessLog', `/haven/${stage}/edge`, log)
  const source = new CfnDeliverySource(scope, 'AccessLogSource', {
    name: `haven-${stage}-edge`,
    logType: 'ACCESS_LOGS',
    resourceArn: Stack.of(scope).formatArn({
      service: 'cloudfront',
      region: '',
      resource: 'distribution',
      resourceName: distribution.distributionId,
    }),
  })
  const destination = new CfnDeliveryDestination(scope, 'AccessLogDestination', {
    name: `haven-${stage}-edge`,
    destinationResourceArn: group.logGroupArn,
    outputFormat: 'json',
  })
  new CfnDelivery(scope, 'AccessLogDelivery', {
    deliverySourceName: source.ref,
    deliveryDestinationArn: destination.attrArn,
    recordFields: fields,
  })
}
