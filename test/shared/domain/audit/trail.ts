import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto'
import { type ChainHead, linked } from '../../../../shared/domain/audit/chain.ts'
import { seal } from '../../../../shared/domain/audit/seal.ts'
import type { Evidence } from '../../../../shared/domain/audit/verify.ts'
import { idsAt } from '../../../../shared/kernel/random.ts'
import type { AuditEvent, AuditRecord, SealedManifest, SealHead } from '../../../../shared/schema/audit.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const isSigned = (text: string, signature: string): boolean =>
  verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'))
export const signText = (text: string): string => sign('sha256', Buffer.from(text), privateKey).toString('base64')

export const eventAt = (recordedAt: string): AuditEvent => ({
  auditEventId: idsAt(recordedAt)('aud'),
  practiceId: 'prc_00000000000000000000',
  recordedAt,
  actor: { type: 'system', id: 'test' },
  name: 'test.run',
  verb: 'U',
  outcome: 'success',
  entity: { type: 'Test', id: '-' },
  changed: ['status'],
  purposeOfUse: 'TREAT',
  source: { address: '192.0.2.1', client: 'test' },
  requestId: 'test',
  elapsed: 3,
  schema: 1,
})

/** An archive in memory, which keeps what it is given under the real names. */
export function memoryArchive() {
  const batches = new Map<string, string>()
  const manifests = new Map<number, SealedManifest>()
  let head: SealHead = { sequence: 0 }
  const parts = {
    heads: {
      head: async () => head,
      advance: async (from: SealHead, to: SealHead) => {
        if (from.sequence === head.sequence) head = to
      },
    },
    archive: {
      keepBatch: async (day: string, lines: string) => {
        const name = `batches/${day}/${createHash('sha256').update(lines).digest('hex')}.ndjson`
        if (!batches.has(name)) batches.set(name, lines)
        return name
      },
      keepManifest: async (sealed: SealedManifest) => {
        const { sequence } = sealed.manifest
        if (!manifests.has(sequence)) manifests.set(sequence, sealed)
        return manifests.get(sequence) as SealedManifest
      },
    },
    signer: { sign: async (text: string) => signText(text) },
  }
  return { batches, manifests, parts }
}

/** A trail of several chains, sealed in batches with heartbeats between: what an honest archive and table look like. */
export async function sealedTrail(chains: number, batchCount: number, each: number) {
  const { batches, manifests, parts } = memoryArchive()
  const began = Date.parse('2026-11-23T08:00:00.000Z')
  const heads: ChainHead[] = Array.from({ length: chains }, (_, index) => ({
    chain: String(index).padStart(20, '0'),
    sequence: 0,
  }))
  const table: AuditRecord[] = []
  let clock = began
  const tick = (ms: number) => {
    clock += ms
    return new Date(clock).toJSON()
  }
  for (let number = 0; number < batchCount; number++) {
    const records: AuditRecord[] = []
    for (let count = 0; count < each; count++) {
      const at = (number * each + count) % chains
      const { record, next } = linked(heads[at] as ChainHead, eventAt(tick(700)))
      heads[at] = next
      records.push(record)
    }
    table.push(...records)
    await seal(records, tick(1_000), parts)
    if (number % 3 === 2) await seal([], tick(1_000), parts)
  }
  const now = tick(60_000)
  return { batches, manifests, table, now }
}

export type Trail = Awaited<ReturnType<typeof sealedTrail>>

/** A trail as the verification is given it. */
export const evidenceOf = ({ batches, manifests, table, now }: Trail): Evidence => ({
  manifests: [...manifests.entries()].sort(([a], [b]) => a - b).map(([sequence, sealed]) => ({ sequence, sealed })),
  batches,
  table,
  isSigned,
  now,
})
