/** A safeguard of the HIPAA Security Rule: what holds it, the resources of the templates that do, and the tests that show it. */
export interface Safeguard {
  /** Of 45 CFR. */
  rule: string
  asks: string
  control: string
  /** Kinds of resource, `AWS::KMS::Key`. None where it is the code's alone, or a document's. */
  constructs: string[]
  /** Tests that show it, or documents where it is people's to do. */
  shown: string[]
}

export const safeguards: Safeguard[] = [
  {
    rule: '164.308(a)(1)(ii)(D)',
    asks: 'Review of activity',
    control: 'each day of each practice is looked through for what is unusual, and each finding waits for a decision',
    constructs: ['AWS::Events::Rule'],
    shown: ['test/functions/audit/review.test.ts', 'test/functions/audit/plan-reviews.test.ts'],
  },
  {
    rule: '164.308(a)(3)',
    asks: 'Only whom it concerns',
    control: 'roles with permissions, patients’ own records alone, restrictions, care teams',
    constructs: [],
    shown: [
      'test/generated/access.test.ts',
      'test/attacks/access.test.ts',
      'test/functions/patients/set-restriction.test.ts',
    ],
  },
  {
    rule: '164.308(a)(4)',
    asks: 'Access is given by rule',
    control: 'each function has a role of its own, from what its ports declare',
    constructs: ['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy'],
    shown: ['test/stacks/functions.test.ts', 'test/stacks/rights.test.ts', 'test/e2e/permissions.test.ts'],
  },
  {
    rule: '164.308(a)(5)(ii)(C)',
    asks: 'Sign-ins are watched',
    control: 'refusals are recorded and counted, accounts and addresses slowed, bursts alarmed',
    constructs: ['AWS::CloudWatch::Alarm', 'AWS::WAFv2::WebACL'],
    shown: ['test/attacks/gate.test.ts', 'test/stacks/monitoring.test.ts'],
  },
  {
    rule: '164.308(a)(5)(ii)(D)',
    asks: 'Passwords',
    control: 'argon2id with a pepper that is turned by itself, breached ones refused, reset and change end sessions',
    constructs: ['AWS::SecretsManager::Secret', 'AWS::SecretsManager::RotationSchedule'],
    shown: [
      'test/functions/passwords/change.test.ts',
      'test/functions/passwords/reset.test.ts',
      'test/functions/maintenance/rotate-pepper.test.ts',
      'test/e2e/rotation.test.ts',
    ],
  },
  {
    rule: '164.308(a)(6)',
    asks: 'Incidents',
    control: 'a procedure with whom to tell and until when; runbooks that alarms name',
    constructs: ['AWS::CloudWatch::CompositeAlarm', 'AWS::SNS::Topic'],
    shown: ['docs/operations/incidents.md', 'test/stacks/runbooks.test.ts'],
  },
  {
    rule: '164.308(a)(7)',
    asks: 'Contingency: backup, recovery, emergency',
    control: 'point-in-time recovery, locked daily copies, a second region, a drill each month, a procedure',
    constructs: [
      'AWS::DynamoDB::GlobalTable',
      'AWS::Backup::BackupVault',
      'AWS::Backup::BackupPlan',
      'AWS::KMS::ReplicaKey',
      'AWS::StepFunctions::StateMachine',
    ],
    shown: [
      'test/stacks/data.test.ts',
      'test/stacks/backups.test.ts',
      'test/stacks/copies.test.ts',
      'test/stacks/drill/drill.test.ts',
      'test/e2e/backup.test.ts',
      'docs/disaster-recovery.md',
    ],
  },
  {
    rule: '164.308(a)(8)',
    asks: 'Evaluation',
    control: 'five packs of rules at each synthesis, a checklist, attacks from outside',
    constructs: [],
    shown: ['test/stacks/gates.test.ts', 'docs/operations/readiness.md', 'docs/operations/penetration-test.md'],
  },
  {
    rule: '164.312(a)(2)(i)',
    asks: 'Each user is one',
    control: 'accounts by e-mail within a practice; programs have keys of their own',
    constructs: [],
    shown: ['test/functions/accounts/register.test.ts', 'test/functions/apikeys/create.test.ts'],
  },
  {
    rule: '164.312(a)(2)(ii)',
    asks: 'Access in an emergency',
    control: 'a leased access with reason, for an hour at most, reviewed and never forgotten',
    constructs: [],
    shown: ['test/functions/breakglass/start.test.ts', 'test/functions/breakglass/review.test.ts'],
  },
  {
    rule: '164.312(a)(2)(iii)',
    asks: 'Sessions end by themselves',
    control: '15 minutes without use, 8 hours in all',
    constructs: [],
    shown: ['test/functions/sessions/deadlines.test.ts', 'test/attacks/sessions.test.ts'],
  },
  {
    rule: '164.312(a)(2)(iv)',
    asks: 'Encryption at rest',
    control: 'keys of ours for tables, buckets, queues, logs and secrets; records sealed under a key of each patient',
    constructs: [
      'AWS::KMS::Key',
      'AWS::DynamoDB::GlobalTable',
      'AWS::S3::Bucket',
      'AWS::SQS::Queue',
      'AWS::Logs::LogGroup',
    ],
    shown: ['test/stacks/data.test.ts', 'test/stacks/gates.test.ts', 'test/store/sealing.test.ts'],
  },
  {
    rule: '164.312(b)',
    asks: 'Audit controls',
    control:
      'a record of every action, in its own transaction or before anything is shown; chained, sealed, signed, locked',
    constructs: ['AWS::S3::Bucket', 'AWS::KMS::Key'],
    shown: [
      'test/generated/audit-failure.test.ts',
      'test/shared/domain/audit/verify.test.ts',
      'test/functions/audit/verify.test.ts',
      'test/e2e/audit-unavailable.test.ts',
    ],
  },
  {
    rule: '164.312(c)',
    asks: 'Integrity',
    control: 'conditions on versions, one transaction for a change and its record, copies of what was corrected',
    constructs: [],
    shown: ['test/store/entity.test.ts', 'test/functions/patients/update.test.ts', 'test/e2e/durability.test.ts'],
  },
  {
    rule: '164.312(d)',
    asks: 'Whoever it is proves it',
    control: 'a second factor of everybody at work, passkeys, step-up before what is grave',
    constructs: [],
    shown: ['test/attacks/second-factor.test.ts', 'test/e2e/passkeys.test.ts'],
  },
  {
    rule: '164.312(e)',
    asks: 'Transmission',
    control: 'TLS 1.2 or newer at the edge, HSTS, mutual TLS between edge and API, TLS to every service',
    constructs: ['AWS::CloudFront::Distribution', 'AWS::ApiGatewayV2::DomainName'],
    shown: ['test/local/gateway/observatory.test.ts', 'test/stacks/edge.test.ts'],
  },
  {
    rule: '164.316(b)(2)(i)',
    asks: 'Kept for six years',
    control: 'the archive of the trail under a lock of 2,192 days',
    constructs: ['AWS::S3::Bucket'],
    shown: ['test/stacks/data.test.ts'],
  },
  {
    rule: '164.502(b)',
    asks: 'No more than needed',
    control: 'answers by role, queues and logs with ids alone, nothing of a person where it must not be',
    constructs: [],
    shown: ['test/attacks/canary.test.ts', 'test/generated/canary.test.ts'],
  },
  {
    rule: '164.508(a)(2), 42 CFR 2',
    asks: 'Psychotherapy and substance-use notes',
    control: 'a space of keys and a KMS key of their own, for named roles alone',
    constructs: ['AWS::KMS::Key'],
    shown: ['test/stacks/sensitive.test.ts', 'test/e2e/permissions.test.ts'],
  },
  {
    rule: '164.524, 164.526, 164.528',
    asks: 'Access, amendment, accounting of disclosures',
    control: 'a copy of everything as FHIR, corrections with history, requests with deadlines, a report of disclosures',
    constructs: [],
    shown: [
      'test/e2e/record-export.test.ts',
      'test/functions/amendments/decide.test.ts',
      'test/functions/disclosures/report.test.ts',
    ],
  },
]

/** The document of all safeguards. */
export function safeguardsPage(): string {
  const rows = safeguards.map(({ rule, asks, control, constructs, shown }) =>
    [
      rule,
      asks,
      control,
      constructs.map(each => `\`${each.replace('AWS::', '')}\``).join(', ') || 'the code',
      shown.map(each => `[${each.split('/').at(-1)}](../../${each})`).join(', '),
    ].join(' | '),
  )
  return [
    '# Safeguards',
    '',
    'Written by `npm run compliance` from `stacks/compliance/safeguards.ts`. Rules are of 45 CFR where they name no other. A test holds the page',
    'against the templates of production and against the files that it names.',
    '',
    '| rule | asks for | control | construct | shown by |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(row => `| ${row} |`),
    '',
    'What the cloud inherits to us (buildings, machines, disposal of media: 164.310) is in the agreement with AWS. What is people’s (training, sanctions,',
    'a security officer, agreements with others: 164.308, 164.314) is the practice’s and the operator’s to do.',
    '',
  ].join('\n')
}
