import type { AuditEvent } from '../../schema/audit.ts'
import type { Instant } from '../../schema/time.ts'
import { archivedEvents } from '../audit/archived.ts'
import { hotDays } from '../audit/expiry.ts'
import type { EvidenceParts, Period } from '../audit/gather.ts'

const dayMs = 86_400_000

/** From when on the table is sure to hold every record: a day less than it keeps them. */
export const hotSince = (now: Instant): Instant =>
  new Date(Date.parse(now.slice(0, 10)) - (hotDays - 1) * dayMs).toJSON()

/** For how long the archive is locked: six years, with their leap days. */
const archiveDays = 2_192

export const keptSince = (now: Instant): Instant => new Date(Date.parse(now) - archiveDays * dayMs).toJSON()

export interface TrailParts extends Pick<EvidenceParts, 'heads' | 'archive'> {
  table: { inOrder: (period: { from: Instant; to: Instant }, after?: string) => AsyncGenerator<AuditEvent> }
}

/**
 * A practice's trail in the order of time, from a moment to before another: from the archive as far as the table may have lost it,
 * and from the table since.
 */
export async function* trailOf({ practiceId, from, to }: Period, after: string, now: Instant, parts: TrailParts) {
  const hot = hotSince(now)
  if (from < hot) yield* archivedEvents({ practiceId, from, to: to < hot ? to : hot }, after, parts)
  if (to > hot) yield* parts.table.inOrder({ from: from < hot ? hot : from, to }, from < hot ? '' : after)
}
