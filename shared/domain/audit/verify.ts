import { createHash } from 'node:crypto'
import { type AuditFinding, AuditRecord, type SealedManifest } from '../../schema/audit.ts'
import type { Instant } from '../../schema/time.ts'
import { canonical, digestOf } from './canonical.ts'
import { isWhole } from './chain.ts'
import { merkleRoot } from './merkle.ts'

/** A period of the trail, as it was found. */
export interface Evidence {
  /** In the order of their names; `undefined` where one cannot be read. */
  manifests: readonly { sequence: number; sealed: SealedManifest | undefined }[]
  /** Something was sealed later: this is not where the archive ends. */
  goesOn?: boolean | undefined
  /** The hash of the manifest before the first; absent when the first is the first of all. */
  before?: string | undefined
  /** Lines by the name of their batch; a missing batch is not there. */
  batches: ReadonlyMap<string, string>
  /** What the table holds, whole, of the records that `scope` takes; absent when the archive is checked alone. */
  table?: readonly unknown[] | undefined
  scope?: ((record: AuditRecord) => boolean) | undefined
  /** Chains are checked of what was recorded then; of everything where it is left out. */
  chainsOf?: { from: Instant; to: Instant } | undefined
  isSigned: (text: string, signature: string) => boolean
  now: Instant
}

/** A heartbeat comes every 5 minutes and a batch within one: what is older than this by now was sealed, or is cut off. */
const latestSealMs = 15 * 60_000

/** Everything that the trail's own marks show: signatures, hashes, trees, chains, and table against archive. */
export function verifyTrail(evidence: Evidence): AuditFinding[] {
  const findings: AuditFinding[] = []
  const find = (kind: AuditFinding['kind'], at: string) => findings.push({ kind, at })
  checkManifests(evidence, find)
  const sealed = readBatches(evidence, find)
  const waiting = evidence.table ? checkTable(sealed, evidence, find) : []
  const { chainsOf } = evidence
  const all = [...sealed.values(), ...waiting].filter(
    ({ recordedAt }) => !chainsOf || (recordedAt >= chainsOf.from && recordedAt <= chainsOf.to),
  )
  checkChains(all, find)
  // One that waits although a later one of its chain was sealed has been taken out of the archive.
  const ends = new Map([...sealed.values()].map(({ chain }) => [chain, -1]))
  for (const { chain, sequence } of sealed.values()) ends.set(chain, Math.max(ends.get(chain) ?? -1, sequence))
  for (const { chain, sequence } of waiting) {
    if (sequence < (ends.get(chain) ?? -1)) find('record-missing', `${chain}:${sequence}`)
  }
  return findings
}

type Find = (kind: AuditFinding['kind'], at: string) => void

function checkManifests({ manifests, goesOn, before, isSigned, now }: Evidence, find: Find): void {
  let previous = before
  let expected = manifests[0]?.sequence
  for (const { sequence, sealed } of manifests) {
    while (expected !== undefined && expected < sequence) find('manifest-missing', String(expected++))
    const gap = expected === undefined || !sealed
    if (!sealed) find('manifest-missing', String(sequence))
    else {
      const { manifest, signature } = sealed
      if (!isSigned(canonical(manifest), signature)) find('manifest-changed', String(sequence))
      if (manifest.sequence !== sequence || (!gap && manifest.previous !== previous)) {
        find('manifest-moved', String(sequence))
      }
    }
    previous = sealed && digestOf(sealed.manifest)
    expected = sequence + 1
  }
  const last = manifests.at(-1)?.sealed?.manifest.sealedAt
  if (!goesOn && (!last || Date.parse(now) - Date.parse(last) > latestSealMs))
    find('archive-cut-off', last ?? 'the beginning')
}

/** The records of all batches that manifests name, by their ids. */
function readBatches({ manifests, batches }: Evidence, find: Find): Map<string, AuditRecord> {
  const records = new Map<string, AuditRecord>()
  for (const { sealed } of manifests) {
    const { batch, root, count } = sealed?.manifest ?? {}
    if (!batch) continue
    const lines = batches.get(batch)
    if (lines === undefined) {
      find('batch-missing', batch)
      continue
    }
    const whole = batch.endsWith(`/${createHash('sha256').update(lines).digest('hex')}.ndjson`)
    const found = lines.split('\n').filter(Boolean).map(readLine)
    const hashes = found.map(record => record?.hash ?? '')
    if (!whole || found.length !== count || merkleRoot(hashes) !== root) find('batch-changed', batch)
    for (const record of found) {
      if (!record) continue
      if (!isWhole(record)) find('record-changed', placeOf(record))
      const twin = records.get(record.auditEventId)
      // The stream delivers at least once: the same record twice is nothing.
      if (twin && twin.hash !== record.hash) find('record-twice', placeOf(record))
      records.set(record.auditEventId, record)
    }
  }
  return records
}

function readLine(line: string): AuditRecord | undefined {
  try {
    return AuditRecord.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** A chain that began before the period is checked from where the period meets it. */
function checkChains(records: readonly AuditRecord[], find: Find): void {
  for (const chain of Map.groupBy(records, ({ chain }) => chain).values()) {
    let before: AuditRecord | undefined
    for (const record of chain.sort((a, b) => a.sequence - b.sequence)) {
      if (before) {
        if (record.sequence === before.sequence) find('record-twice', placeOf(record))
        const [from, to] = [before.sequence + 1, record.sequence - 1]
        if (from <= to) find('record-missing', `${record.chain}:${from === to ? from : `${from}-${to}`}`)
        if (record.sequence === before.sequence + 1 && record.previous !== before.hash) {
          find('record-moved', placeOf(record))
        }
      } else if ((record.sequence === 0) !== (record.previous === undefined)) {
        find('record-moved', placeOf(record))
      }
      before = record
    }
  }
}

/** Holds the table against the archive; answers the records that were written just now and wait for their seal. */
function checkTable(
  sealed: ReadonlyMap<string, AuditRecord>,
  { table = [], now, scope = () => true }: Evidence,
  find: Find,
): AuditRecord[] {
  const seen = new Set<string>()
  const waiting: AuditRecord[] = []
  for (const item of table) {
    const { data: record } = AuditRecord.strip().safeParse(item)
    const id = String((item as { auditEventId?: unknown }).auditEventId)
    seen.add(id)
    const twin = sealed.get(id)
    if (twin) {
      if (!record || canonical(record) !== canonical(twin)) find('table-changed-record', placeOf(twin))
    } else if (record && isWhole(record) && Date.parse(now) - Date.parse(record.recordedAt) <= latestSealMs) {
      waiting.push(record)
    } else {
      find('table-inserted-record', id)
    }
  }
  for (const record of sealed.values()) {
    if (scope(record) && !seen.has(record.auditEventId)) find('table-lacks-record', placeOf(record))
  }
  return waiting
}

const placeOf = ({ auditEventId, chain, sequence }: AuditRecord): string => `${auditEventId} ${chain}:${sequence}`
