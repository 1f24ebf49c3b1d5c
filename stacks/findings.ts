import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda'
import { acknowledge } from './gates.ts'

/** What the packs find at every function, and why it stands. */
export function acknowledgeFindings(lambda: Lambda, source: keyof typeof deadLettersOf, reserves: boolean): void {
  acknowledge(
    lambda,
    deadLettersOf[source],
    'HIPAA.Security-LambdaDLQ',
    'NIST.800.53.R5-LambdaDLQ',
    'Serverless-LambdaDLQ',
  )
  acknowledge(
    lambda,
    'Functions reach only AWS services, and the named counterparts of the practice, by TLS. There is no host, database or subnet of ours that a VPC would shield; IAM holds each function to its own keys, and no inbound connection exists.',
    'HIPAA.Security-LambdaInsideVPC',
    'NIST.800.53.R5-LambdaInsideVPC',
    'PCI.DSS.321-LambdaInsideVPC',
  )
  acknowledge(
    lambda,
    'A request is followed by its id through access log, function log and audit record. Traces would repeat paths, which hold ids of patients, outside the logs that are encrypted with our key, and would give every role a right on all resources.',
    'Serverless-LambdaTracing',
  )
  if (!reserves) {
    acknowledge(
      lambda,
      'Concurrency is shared on purpose: what one function reserves, all others lack. The firewall, the throttle of the API and the quotas of users, keys and practices bound what one caller can take, and the alarm of throttles tells when the pool is short. Workers that must not run beside themselves do reserve.',
      'HIPAA.Security-LambdaConcurrency',
      'NIST.800.53.R5-LambdaConcurrency',
    )
  }
}

/** Where an invocation goes that has failed for good, by what invokes the function. */
const deadLettersOf = {
  route:
    'The API invokes it and waits: Lambda puts only asynchronous invocations into a dead-letter queue. The caller gets the failure and the alarm counts it.',
  queue:
    'Messages that fail ten times go to the dead letters by the redrive policy of their queue; there is no asynchronous invocation.',
  stream:
    'Records that fail ten times go to the dead letters by the destination of the event source; there is no asynchronous invocation.',
  release: 'CodeDeploy waits for it: where it does not answer, the deployment fails, and the old version stays.',
  rotation:
    'Secrets Manager waits for each step and repeats one that fails; the secret stays as it is until the last, and the alarm of errors counts it.',
  drill:
    'The state machine waits for it, tries again where it fails, and ends as failed when that does not help: the alarm of drills calls.',
  schedule:
    'An invocation by the clock carries nothing that could be lost: the next one does the same work, and the alarm of errors counts it.',
}
