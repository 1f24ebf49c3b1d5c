import { beforeAll, describe, expect, it } from 'vitest'
import { archive } from '../../../shared/adapters/archive.ts'
import { archivedEvents } from '../../../shared/domain/audit/archived.ts'
import type { AuditEvent, AuditRecord, SealedManifest } from '../../../shared/schema/audit.ts'
import { seals } from '../../../shared/store/seals.ts'
import { at, plus } from '../../harness/clock.ts'
import { type Client, newPractice, type TestPractice, unplant, work } from '../../harness/index.ts'
import { inserted } from '../audit/archive.ts'
import { fetched, order, run, stored } from './fixture.ts'

const dayMs = 86_400_000
/** Long before the table begins. */
const then = new Date(Date.now() - 500 * dayMs).toJSON()
const period = { practiceId: '', from: plus(then, -3_600_000), to: plus(then, 4 * 3_600_000) }

let practice: TestPractice
let auditor: Client
/** What was recorded then, in the order of time. */
let old: (AuditEvent & { pk?: string; sk?: string })[]

beforeAll(async () => {
  practice = await newPractice()
  auditor = await practice.as('auditor')
  period.practiceId = practice.practice.practiceId
  const other = await newPractice()
  // Three hours of work, a few requests in each, of two practices that are sealed together.
  for (let hour = 0; hour < 3; hour++) {
    const moment = plus(then, hour * 3_600_000)
    await at(moment, async () => {
      const [mine, theirs] = await Promise.all([practice.as('admin'), other.as('admin')])
      for (let count = 0; count < 4; count++) await mine.call('patients.list')
      await theirs.call('patients.list')
    })
    const since = (all: AuditEvent[]) => all.filter(({ recordedAt }) => recordedAt === moment)
    const records = [...since(await practice.trail()), ...since(await other.trail())]
    // As a stream may: the newest first, and the last of them twice.
    const batch = await inserted([...records.reverse(), records[0]] as never)
    await at(plus(moment, 40_000), () => work('audit.seal', batch))
  }
  const heartbeats = [4, 5, 6].map(hours => plus(then, hours * 3_600_000))
  for (const moment of heartbeats) await at(moment, () => work('audit.heartbeat', {}))
  old = (await practice.trail()).filter(({ recordedAt }) => recordedAt < plus(then, dayMs)) as typeof old
  // Their time in the table is over.
  for (const { pk, sk } of old) await unplant({ pk, sk })
}, 120_000)

const idsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => (JSON.parse(line) as { id: string }).id.replace('-', '_'))

describe('a trail that the table has no more', () => {
  it('is exported from the archive, each record once, in the order of time, and nobody else’s', async () => {
    expect(old.length).toBeGreaterThan(12)
    const { body } = await order(auditor, { from: period.from, to: period.to })
    await run(practice, body.exportId)
    expect(await stored(practice, body.exportId)).toMatchObject({ state: 'done', records: old.length })
    const { text } = await fetched(auditor, body.exportId)
    expect(idsOf(text)).toEqual(old.map(({ auditEventId }) => auditEventId).sort())
  })

  it('goes on in the table where that begins', async () => {
    const days = [405, 395].map(ago => new Date(Date.now() - ago * dayMs).toJSON())
    const made: string[] = []
    for (const moment of days) {
      await at(moment, async () => (await practice.as('admin')).call('patients.list'))
      const records = (await practice.trail()).filter(({ recordedAt }) => recordedAt === moment)
      await at(plus(moment, 40_000), async () => work('audit.seal', await inserted(records as never)))
      made.push(...records.map(({ auditEventId }) => auditEventId))
    }
    const [first] = days
    for (const item of await practice.trail()) {
      const { pk, sk } = item as unknown as { pk: string; sk: string }
      if (item.recordedAt === first) await unplant({ pk, sk })
    }
    const { body } = await order(auditor, {
      from: plus(first ?? '', -1_000),
      to: new Date(Date.now() - 390 * dayMs).toJSON(),
    })
    await run(practice, body.exportId)
    expect(idsOf((await fetched(auditor, body.exportId)).text)).toEqual(made.sort())
  })
})

describe('reading the archive', () => {
  const binding = { signal: AbortSignal.timeout(120_000) }
  const parts = () => ({ heads: seals(binding), archive: archive(binding) })
  const read = async (after = '', given: Parameters<typeof archivedEvents>[2] = parts(), change: object = {}) => {
    const found: string[] = []
    for await (const event of archivedEvents({ ...period, ...change }, after, given)) found.push(event.auditEventId)
    return found
  }

  it('goes on behind a record', async () => {
    const all = await read()
    for (const place of [0, 3, all.length - 1]) expect(await read(all[place])).toEqual(all.slice(place + 1))
  })

  it('takes what lies from a moment to before another', async () => {
    const from = plus(then, 3_600_000)
    const expected = old.filter(({ recordedAt }) => recordedAt >= from && recordedAt < plus(from, 3_600_000))
    expect(await read('', parts(), { from, to: plus(from, 3_600_000) })).toEqual(
      expected.map(({ auditEventId }) => auditEventId).sort(),
    )
  })

  it.each([
    ['a manifest', { manifest: async () => undefined }],
    ['a batch', { batch: async () => undefined }],
    ['a line', { batch: async (name: string) => (await parts().archive.batch(name))?.replace(/^.*\n/, '') }],
    ['a word', { batch: async (name: string) => (await parts().archive.batch(name))?.replace('success', 'denied!') }],
  ])('ends where %s is missing or another, and passes nothing over', async (_, change) => {
    const { heads, archive: there } = parts()
    await expect(read('', { heads, archive: { ...there, ...change } })).rejects.toThrow(/^the archive lacks/)
  })

  it('has what a sealer that was away for hours sealed when it came back, and ends at what came out of turn', async () => {
    const { heads, archive: there } = parts()
    const { sequence: last } = await heads.head()
    // Everything of that time was sealed three hours late: the heartbeats went on.
    const late = async (sequence: number) => {
      const sealed = await there.manifest(sequence)
      if (!sealed?.manifest.batch) return sealed
      return { ...sealed, manifest: { ...sealed.manifest, sealedAt: plus(sealed.manifest.sealedAt, 3 * 3_600_000) } }
    }
    const all = await read()
    expect(await read('', { heads, archive: { ...there, manifest: late } })).toEqual(all)

    // The first batch comes as the last, when what was made two hours later is out already.
    const batches: number[] = []
    let heartbeat: SealedManifest | undefined
    for (let sequence = 1; sequence <= last; sequence++) {
      const sealed = await there.manifest(sequence)
      if (sealed?.manifest.batch) batches.push(sequence)
      else heartbeat = sealed
    }
    const [first = 0, second = 0, third = 0] = batches
    const script = [second, third, ...Array(20).fill(0), first]
    const manifest = async (sequence: number) => {
      const place = script[sequence - 1]
      if (place) return there.manifest(place)
      return heartbeat && { ...heartbeat, manifest: { ...heartbeat.manifest, sealedAt: period.from } }
    }
    const moved = { heads: { head: async () => ({ sequence: script.length }) }, archive: { ...there, manifest } }
    await expect(read('', moved)).rejects.toThrow('out of turn')
  })

  it('ends at a record that is not what was written, though batch and manifest agree', async () => {
    const { heads, archive: there } = parts()
    const { createHash } = await import('node:crypto')
    const forged = (lines = '') => {
      const [first = '{}', ...rest] = lines.split('\n')
      const record = JSON.parse(first) as AuditRecord
      return [JSON.stringify({ ...record, outcome: 'denied' }), ...rest].join('\n')
    }
    const nameOf = (lines: string) => `batches/x/${createHash('sha256').update(lines).digest('hex')}.ndjson`
    const texts = new Map<string, string>()
    const manifest = async (sequence: number) => {
      const sealed = await there.manifest(sequence)
      if (!sealed?.manifest.batch) return sealed
      const text = forged(await there.batch(sealed.manifest.batch))
      texts.set(nameOf(text), text)
      return { ...sealed, manifest: { ...sealed.manifest, batch: nameOf(text) } }
    }
    const batch = async (name: string) => texts.get(name)
    await expect(read('', { heads, archive: { manifest, batch } })).rejects.toThrow('is not what was written')
  })
})
