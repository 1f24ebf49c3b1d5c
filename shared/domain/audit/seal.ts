import type { AuditRecord, Manifest, SealedManifest, SealHead } from '../../schema/audit.ts'
import type { Instant } from '../../schema/time.ts'
import { canonical, digestOf } from './canonical.ts'
import { merkleRoot } from './merkle.ts'

/** What sealing needs of the world. */
export interface SealParts {
  heads: { head: () => Promise<SealHead>; advance: (from: SealHead, to: SealHead) => Promise<void> }
  archive: {
    /** Keeps the lines of a batch; answers their name, which is their hash. */
    keepBatch: (day: string, lines: string) => Promise<string>
    /** Keeps a manifest where none of its sequence is yet, and answers the one that is there. */
    keepManifest: (sealed: SealedManifest) => Promise<SealedManifest>
  }
  signer: { sign: (text: string) => Promise<string> }
}

/**
 * Seals a batch of records, or none as a heartbeat. Everything is kept before it counts, under names that a second try finds
 * again: a crash between any two steps leaves a batch without a manifest, which is nothing, or a manifest that the head does not
 * know yet, which the next run takes up. The archive decides who is first, so two sealers never sign one sequence twice.
 */
export async function seal(records: readonly AuditRecord[], now: Instant, parts: SealParts): Promise<Manifest> {
  const { heads, archive, signer } = parts
  const lines = records.map(record => `${canonical(record)}\n`).join('')
  const batch = records.length > 0 ? await archive.keepBatch(now.slice(0, 10), lines) : undefined
  const root = batch && merkleRoot(records.map(({ hash }) => hash))
  for (;;) {
    const head = await heads.head()
    const manifest: Manifest = {
      sequence: head.sequence + 1,
      ...(head.hash && { previous: head.hash }),
      sealedAt: now,
      count: records.length,
      ...(batch && { batch, root }),
    }
    const kept = await archive.keepManifest({ manifest, signature: await signer.sign(canonical(manifest)) })
    await heads.advance(head, { sequence: kept.manifest.sequence, hash: digestOf(kept.manifest) })
    // Somebody else's has taken this place: ours goes behind it. Of the same batch it is an earlier try of ours.
    if (kept.manifest.batch === batch) return kept.manifest
  }
}
