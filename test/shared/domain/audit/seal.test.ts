import { describe, expect, it } from 'vitest'
import { linked } from '../../../../shared/domain/audit/chain.ts'
import { seal } from '../../../../shared/domain/audit/seal.ts'
import { verifyTrail } from '../../../../shared/domain/audit/verify.ts'
import { eventAt, evidenceOf, memoryArchive } from './trail.ts'

const now = '2026-11-23T08:00:00.000Z'
const chainOf = (length: number) => {
  const records = []
  let head: Parameters<typeof linked>[0] = { chain: '0'.repeat(20), sequence: 0 }
  for (let count = 0; count < length; count++) {
    const { record, next } = linked(head, eventAt(now))
    records.push(record)
    head = next
  }
  return records
}

describe('sealing', () => {
  it('signs batches and heartbeats in one chain, which verifies', async () => {
    const { parts, batches, manifests } = memoryArchive()
    const records = chainOf(10)
    await seal(records.slice(0, 6), now, parts)
    await seal([], now, parts)
    await seal(records.slice(6), now, parts)
    expect([...manifests.values()].map(({ manifest }) => [manifest.sequence, manifest.count])).toEqual([
      [1, 6],
      [2, 0],
      [3, 4],
    ])
    expect(verifyTrail(evidenceOf({ batches, manifests, table: records, now }))).toEqual([])
  })

  it.each(['keepBatch', 'keepManifest', 'advance'] as const)(
    'goes on where a crash right after %s left it, and seals nothing twice',
    async step => {
      const { parts, batches, manifests } = memoryArchive()
      const records = chainOf(5)
      await seal(records.slice(0, 2), now, parts)
      const crash = new Error('crash')
      const dying = { ...parts, archive: { ...parts.archive }, heads: { ...parts.heads } }
      if (step === 'advance') {
        dying.heads.advance = async (from, to) => {
          await parts.heads.advance(from, to)
          throw crash
        }
      } else {
        const right = parts.archive[step] as (...given: unknown[]) => Promise<never>
        dying.archive[step] = (async (...given: unknown[]) => {
          await right(...given)
          throw crash
        }) as never
      }
      await expect(seal(records.slice(2), now, dying)).rejects.toThrow('crash')
      // The stream brings the batch again, and more may have come by then.
      await seal(records.slice(2), now, parts)
      expect(verifyTrail(evidenceOf({ batches, manifests, table: records, now }))).toEqual([])
      const sealed = [...manifests.values()].reduce((sum, { manifest }) => sum + manifest.count, 0)
      expect(sealed).toBe(step === 'advance' ? 8 : 5)
    },
  )

  it('of twenty sealers at once gives each a place of its own', async () => {
    const { parts, batches, manifests } = memoryArchive()
    const records = chainOf(20)
    await Promise.all(records.map(record => seal([record], now, parts)))
    expect([...manifests.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(verifyTrail(evidenceOf({ batches, manifests, table: records, now }))).toEqual([])
  })
})
