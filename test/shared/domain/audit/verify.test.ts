import { describe, expect, it } from 'vitest'
import { canonical, digestOf } from '../../../../shared/domain/audit/canonical.ts'
import { verifyTrail } from '../../../../shared/domain/audit/verify.ts'
import type { AuditRecord, SealedManifest } from '../../../../shared/schema/audit.ts'
import { evidenceOf, sealedTrail, signText, type Trail } from './trail.ts'

const honest = await sealedTrail(5, 8, 10)

/** Numbers that are the same in every run (mulberry32): a mutation that is missed can be looked at again. */
function numbers(seed: number) {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
type Numbers = ReturnType<typeof numbers>

const copyOf = ({ batches, manifests, table, now }: Trail): Trail => ({
  batches: new Map(batches),
  manifests: new Map([...manifests].map(([sequence, sealed]) => [sequence, structuredClone(sealed)])),
  table: structuredClone(table),
  now,
})

const oneOf = <T>(list: readonly T[], random: Numbers): T => list[random(list.length)] as T
const linesOf = (trail: Trail, name: string) => (trail.batches.get(name) ?? '').split('\n').filter(Boolean)
const keep = (trail: Trail, name: string, lines: string[]) =>
  trail.batches.set(name, lines.map(line => `${line}\n`).join(''))

/** A record with one thing about it changed; its own hash is made anew by whoever is careful. */
function falsified(record: AuditRecord, random: Numbers): AuditRecord {
  const changes: Partial<AuditRecord>[] = [
    { outcome: 'denied' },
    { actor: { ...record.actor, id: 'usr_somebody' } },
    { recordedAt: '2026-11-23T03:00:00.000Z' },
    { changed: [] },
    { entity: { type: 'Patient', id: 'pat_somebody' } },
    { elapsed: record.elapsed + 1 },
  ]
  const { hash: _hash, ...body } = { ...record, ...oneOf(changes, random) }
  return { ...body, hash: random(2) ? digestOf(body) : record.hash }
}

/** Kinds of tampering, of somebody who may write to table and archive but cannot sign. */
const mutations: Record<string, (trail: Trail, random: Numbers) => void> = {
  'edits a record in the table': (trail, random) => {
    const at = random(trail.table.length)
    trail.table[at] = falsified(trail.table[at] as AuditRecord, random)
  },
  'deletes a record from the table': (trail, random) => void trail.table.splice(random(trail.table.length), 1),
  'cuts the table off': (trail, random) => void trail.table.splice(-1 - random(30)),
  'inserts a record into the table': (trail, random) => {
    const like = oneOf(trail.table, random)
    const recordedAt = random(2) ? '2026-11-23T03:00:00.000Z' : like.recordedAt
    const own = { auditEventId: `aud_${'Z'.repeat(20)}` as never, recordedAt, sequence: like.sequence + random(50) }
    const { hash: _hash, ...body } = { ...like, ...own }
    trail.table.push({ ...body, hash: digestOf(body) })
  },
  'edits a line of a batch': (trail, random) => {
    const name = oneOf([...trail.batches.keys()], random)
    const lines = linesOf(trail, name)
    const at = random(lines.length)
    lines[at] = canonical(falsified(JSON.parse(lines[at] ?? '') as AuditRecord, random))
    keep(trail, name, lines)
  },
  'deletes a line of a batch': (trail, random) => {
    const name = oneOf([...trail.batches.keys()], random)
    const lines = linesOf(trail, name)
    lines.splice(random(lines.length), 1)
    keep(trail, name, lines)
  },
  'reorders a batch': (trail, random) => {
    const name = oneOf([...trail.batches.keys()], random)
    const lines = linesOf(trail, name)
    const [moved = ''] = lines.splice(random(lines.length - 1), 1)
    keep(trail, name, [...lines, moved])
  },
  'inserts a line into a batch': (trail, random) => {
    const name = oneOf([...trail.batches.keys()], random)
    const lines = linesOf(trail, name)
    lines.splice(random(lines.length), 0, canonical(falsified(JSON.parse(lines[0] ?? '') as AuditRecord, random)))
    keep(trail, name, lines)
  },
  'removes a batch': (trail, random) => void trail.batches.delete(oneOf([...trail.batches.keys()], random)),
  'swaps two batches': (trail, random) => {
    const names = [...trail.batches.keys()]
    const first = random(names.length - 1)
    const [one = '', other = ''] = [names[first], names[first + 1]]
    const kept = trail.batches.get(one) ?? ''
    trail.batches.set(one, trail.batches.get(other) ?? '').set(other, kept)
  },
  'removes a manifest': (trail, random) => void trail.manifests.delete(1 + random(trail.manifests.size - 1)),
  'edits a manifest': (trail, random) => {
    const sealed = oneOf([...trail.manifests.values()], random)
    const changes = [
      { count: sealed.manifest.count + 1 },
      { sealedAt: '2026-11-24T00:00:00.000Z' },
      { previous: 'A'.repeat(43) },
    ]
    Object.assign(sealed.manifest, oneOf(changes, random))
  },
  'swaps two manifests': (trail, random) => {
    const at = 1 + random(trail.manifests.size - 1)
    const [one, other] = [trail.manifests.get(at), trail.manifests.get(at + 1)] as [SealedManifest, SealedManifest]
    trail.manifests.set(at, other).set(at + 1, one)
  },
  'cuts the archive off, and an hour passes': (trail, random) => {
    const from = trail.manifests.size - random(5)
    for (let at = from; at <= honest.manifests.size + 1; at++) trail.manifests.delete(at)
    trail.now = new Date(Date.parse(trail.now) + 3_600_000).toJSON()
  },
  'takes a record out of table and archive, and makes everything fit but the signature': (trail, random) => {
    const sealed = oneOf(
      [...trail.manifests.values()].filter(({ manifest }) => manifest.batch),
      random,
    )
    const name = sealed.manifest.batch ?? ''
    const lines = linesOf(trail, name)
    const [gone = ''] = lines.splice(random(lines.length), 1)
    trail.table.splice(
      trail.table.findIndex(({ auditEventId }) => gone.includes(auditEventId)),
      1,
    )
    keep(trail, name, lines)
    sealed.manifest.count--
  },
}

describe('the verification of the audit trail', () => {
  it('finds nothing wrong with an honest trail', () => {
    expect(honest.table).toHaveLength(80)
    expect(verifyTrail(evidenceOf(honest))).toEqual([])
  })

  it('finds nothing wrong with what waits for its seal, or came twice', async () => {
    const trail = copyOf(honest)
    const [name = ''] = trail.batches.keys()
    const again = trail.batches.get(name) ?? ''
    trail.batches.set(name, again)
    expect(verifyTrail(evidenceOf(trail))).toEqual([])
  })

  it('finds every one of 1,000 random mutations of table and archive', () => {
    const kinds = Object.entries(mutations)
    const missed: string[] = []
    for (let seed = 0; seed < 1_000; seed++) {
      const [kind, mutate] = kinds[seed % kinds.length] as (typeof kinds)[number]
      const trail = copyOf(honest)
      mutate(trail, numbers(seed))
      if (verifyTrail(evidenceOf(trail)).length === 0) missed.push(`${kind} (${seed})`)
    }
    expect(missed).toEqual([])
  }, 120_000)

  it.each([
    ['edits a record in the table', 'table-changed-record'],
    ['deletes a record from the table', 'table-lacks-record'],
    ['inserts a record into the table', 'table-inserted-record'],
    ['edits a line of a batch', 'batch-changed'],
    ['deletes a line of a batch', 'record-missing'],
    ['removes a batch', 'batch-missing'],
    ['removes a manifest', 'manifest-missing'],
    ['edits a manifest', 'manifest-changed'],
    ['swaps two manifests', 'manifest-moved'],
    ['cuts the archive off, and an hour passes', 'archive-cut-off'],
  ])('says of one who %s: %s', (kind, finding) => {
    const found = new Set<string>()
    for (let seed = 0; seed < 10; seed++) {
      const trail = copyOf(honest)
      mutations[kind]?.(trail, numbers(seed))
      for (const { kind } of verifyTrail(evidenceOf(trail))) found.add(kind)
    }
    expect([...found]).toContain(finding)
  })

  it('names the record that is missing, by its chain and place', () => {
    const trail = copyOf(honest)
    const [name = ''] = [...trail.batches.keys()].slice(4)
    const lines = linesOf(trail, name)
    const { chain, sequence } = JSON.parse(lines.splice(7, 1)[0] ?? '') as AuditRecord
    keep(trail, name, lines)
    expect(verifyTrail(evidenceOf(trail))).toContainEqual({ kind: 'record-missing', at: `${chain}:${sequence}` })
  })

  it('finds a forgery by somebody who stole the signing key in the chains that other manifests hold', () => {
    const trail = copyOf(honest)
    const sealed = [...trail.manifests.values()].find(({ manifest }) => manifest.batch)!
    sealed.manifest.count = 0
    sealed.signature = signText(canonical(sealed.manifest))
    expect(verifyTrail(evidenceOf(trail)).map(({ kind }) => kind)).toContain('manifest-moved')
  })
})
