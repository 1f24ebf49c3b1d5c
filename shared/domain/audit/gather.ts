import type { AuditRecord, SealedManifest, SealHead } from '../../schema/audit.ts'
import type { Instant } from '../../schema/time.ts'
import { digestOf } from './canonical.ts'
import type { Evidence } from './verify.ts'

/** What gathering needs of the world. */
export interface EvidenceParts {
  heads: { head: () => Promise<SealHead> }
  archive: {
    manifest: (sequence: number) => Promise<SealedManifest | undefined>
    batch: (name: string) => Promise<string | undefined>
  }
  /** A practice's records of a day, whole. */
  day: (day: string) => Promise<readonly { recordedAt: Instant }[]>
  checker: () => Promise<Evidence['isSigned']>
}

/** A period of the trail of one practice. */
export interface Period {
  from: Instant
  to: Instant
  practiceId: string
}

/** How long after a record its seal may come: what a period's records are looked for in. */
export const latestSealMs = 60 * 60_000

/** So many manifests are read at a time, and at most so many in all: a day at full load. */
const atOnce = 20
export const mostManifests = 4_000

/** Everything there is to verify of a period; nothing when it holds more than one run can read. */
export async function gather(period: Period, now: Instant, parts: EvidenceParts): Promise<Evidence | undefined> {
  const { from, to, practiceId } = period
  const end = new Date(Math.min(Date.parse(to) + latestSealMs, Date.parse(now))).toJSON()
  const { sequence: last } = await parts.heads.head()
  const first = await firstSince(from, last, parts)
  const manifests: { sequence: number; sealed: SealedManifest | undefined }[] = []
  for (let at = first; at <= last; at += atOnce) {
    const sequences = Array.from({ length: Math.min(atOnce, last - at + 1) }, (_, index) => at + index)
    const read = await Promise.all(sequences.map(sequence => parts.archive.manifest(sequence)))
    manifests.push(...sequences.map((sequence, index) => ({ sequence, sealed: read[index] })))
    if (read.some(sealed => sealed && sealed.manifest.sealedAt > end)) break
    if (manifests.length > mostManifests) return undefined
  }
  const within = manifests.filter(({ sealed }) => !sealed || sealed.manifest.sealedAt <= end)
  const before = first > 1 ? await parts.archive.manifest(first - 1) : undefined
  const names = within.flatMap(({ sealed }) => sealed?.manifest.batch ?? [])
  const batches = new Map<string, string>()
  for (const name of names) {
    const lines = await parts.archive.batch(name)
    if (lines !== undefined) batches.set(name, lines)
  }
  const days = await Promise.all(daysOf(from, to).map(parts.day))
  return {
    manifests: within,
    before: before && digestOf(before.manifest),
    batches,
    table: days.flat().filter(({ recordedAt }) => recordedAt >= from && recordedAt <= to),
    scope: (record: AuditRecord) =>
      record.practiceId === practiceId && record.recordedAt >= from && record.recordedAt <= to,
    isSigned: await parts.checker(),
    now: end,
  }
}

/** The first manifest that was sealed at a moment or later, by halving; one that is missing counts as earlier. */
export async function firstSince(
  from: Instant,
  last: number,
  { archive }: { archive: Pick<EvidenceParts['archive'], 'manifest'> },
): Promise<number> {
  let [low, high] = [1, last + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const sealed = await archive.manifest(middle)
    if (sealed && sealed.manifest.sealedAt >= from) high = middle
    else low = middle + 1
  }
  return low
}

function daysOf(from: Instant, to: Instant): string[] {
  const days: string[] = []
  for (let at = Date.parse(from.slice(0, 10)); at <= Date.parse(to); at += 86_400_000) {
    days.push(new Date(at).toJSON().slice(0, 10))
  }
  return days
}
