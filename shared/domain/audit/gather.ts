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
  day: (day: string) => Promise<readonly { auditEventId?: string; recordedAt: Instant }[]>
  checker: () => Promise<Evidence['isSigned']>
}

/** A period of the trail of one practice. */
export interface Period {
  from: Instant
  to: Instant
  practiceId: string
}

/** How long after a record its seal comes, unless the sealer is behind: what a period's records are looked for in. */
export const latestSealMs = 60 * 60_000

/** A record that was not sealed while the stream still had it is sealed by nobody any more. */
export const streamKeepsMs = 24 * 60 * 60_000

/** So many manifests are read at a time, and at most so many in all: a day at full load. */
const atOnce = 20
export const mostManifests = 4_000

/**
 * Everything there is to verify of a period; nothing when it holds more than one run can read. Where the table has what the archive
 * has not, the archive is read on for as long as a sealer that was behind could have sealed it.
 */
export async function gather(period: Period, now: Instant, parts: EvidenceParts): Promise<Evidence | undefined> {
  const { from, to, practiceId } = period
  const latest = (ms: number): Instant => new Date(Math.min(Date.parse(to) + ms, Date.parse(now))).toJSON()
  const { sequence: last } = await parts.heads.head()
  const first = await firstSince(from, last, parts)
  const manifests: { sequence: number; sealed: SealedManifest | undefined }[] = []
  const batches = new Map<string, string>()
  let end = latest(latestSealMs)

  /** Reads on until what was sealed then. False when that is too much. */
  async function readOn(until: Instant): Promise<boolean> {
    end = until
    while (
      first + manifests.length <= last &&
      !manifests.some(({ sealed }) => sealed && sealed.manifest.sealedAt > end)
    ) {
      if (manifests.length > mostManifests) return false
      const at = first + manifests.length
      const sequences = Array.from({ length: Math.min(atOnce, last - at + 1) }, (_, index) => at + index)
      const read = await Promise.all(sequences.map(sequence => parts.archive.manifest(sequence)))
      manifests.push(...sequences.map((sequence, index) => ({ sequence, sealed: read[index] })))
    }
    for (const { sealed } of within()) {
      const { batch: name } = sealed?.manifest ?? {}
      const lines = name && !batches.has(name) && (await parts.archive.batch(name))
      if (name && lines) batches.set(name, lines)
    }
    return true
  }
  const within = () => manifests.filter(({ sealed }) => !sealed || sealed.manifest.sealedAt <= end)

  if (!(await readOn(end))) return undefined
  const before = first > 1 ? await parts.archive.manifest(first - 1) : undefined
  // Behind the archive: what is sealed in between must be here too.
  const table = (await Promise.all(daysOf(from, to).map(parts.day)))
    .flat()
    .filter(({ recordedAt }) => recordedAt >= from && recordedAt <= to)
  if (lacks(batches, table) && !(await readOn(latest(streamKeepsMs)))) return undefined
  return {
    manifests: within(),
    goesOn: within().length < manifests.length,
    before: before && digestOf(before.manifest),
    batches,
    table,
    scope: (record: AuditRecord) =>
      record.practiceId === practiceId && record.recordedAt >= from && record.recordedAt <= to,
    isSigned: await parts.checker(),
    now: end,
  }
}

/** Whether the table has a record that is in none of the batches. */
function lacks(batches: ReadonlyMap<string, string>, table: readonly { auditEventId?: string }[]): boolean {
  const sealed = new Set(
    [...batches.values()].flatMap(lines => [...lines.matchAll(/"auditEventId":"(\w+)"/g)].map(([, id]) => id)),
  )
  return table.some(({ auditEventId }) => !sealed.has(auditEventId))
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
