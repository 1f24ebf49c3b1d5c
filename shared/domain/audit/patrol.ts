import type { AuditFinding } from '../../schema/audit.ts'
import type { Instant } from '../../schema/time.ts'
import type { Period } from './gather.ts'
import { type Evidence, verifyTrail } from './verify.ts'

const minuteMs = 60_000
const before = (now: Instant, minutes: number): Instant => new Date(Date.parse(now) - minutes * minuteMs).toJSON()

/**
 * What a patrol of every hour looks at. Chains are checked of what was recorded from 90 to 15 minutes ago: a record waits for its seal
 * for some time, and one that was sealed out of turn must not look like a gap. So manifests are read of an hour more.
 */
export const patrolled = {
  window: (now: Instant): Period => ({ from: before(now, 150), to: now, practiceId: '' }),

  findings: (evidence: Evidence, now: Instant): AuditFinding[] =>
    verifyTrail({ ...evidence, table: undefined, chainsOf: { from: before(now, 90), to: before(now, 15) } }),
}
