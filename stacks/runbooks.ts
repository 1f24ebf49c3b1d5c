/** What somebody does who is called: `docs/runbooks/<name>.md`. Every alarm that calls names one of them. */
export const runbooks = [
  'audit-behind',
  'audit-tampered',
  'audit-unavailable',
  'backup-missing',
  'budget',
  'certificate',
  'claims-waiting',
  'credential-attack',
  'dead-letters',
  'domain-unwell',
  'error-budget',
  'notices-abandoned',
  'outside-check',
  'queue-behind',
  'release-broom',
  'restore-drill',
  'schedule-missed',
  'slow',
  'stream-behind',
  'table-failing',
] as const
export type Runbook = (typeof runbooks)[number]

/** What an alarm says: what is the matter, and where it stands what to do. */
export const said = (description: string, runbook: Runbook): string =>
  `${description}. Runbook: docs/runbooks/${runbook}.md`
