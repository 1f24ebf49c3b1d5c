import { beforeAll, describe, expect, it } from 'vitest'
import { archive } from '../../../shared/adapters/archive.ts'
import { verifyTrail } from '../../../shared/domain/audit/verify.ts'
import { seals } from '../../../shared/store/seals.ts'
import { sdkError, withFault } from '../../harness/faults.ts'
import { newPractice, type TestPractice, work } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { evidenceAfter, inserted } from './archive.ts'

describe('audit.seal', () => {
  let practice: TestPractice
  let start: number
  const parts = () => ({ signal: AbortSignal.timeout(30_000) })
  beforeAll(async () => {
    practice = await newPractice()
    const admin = await practice.as('admin')
    for (let count = 0; count < 12; count++) await admin.call('patients.list', { query: { limit: '5' } })
    start = (await seals(parts()).head()).sequence
  })
  const batch = async (from: number, to: number) => inserted((await practice.trail()).slice(from, to) as never)
  const since = async () => verifyTrail(await evidenceAfter(start))

  it('puts the records into the archive, under a signed manifest that follows the one before', async () => {
    const output = await outputOf(async () => {
      expect(await work('audit.seal', await batch(0, 8))).toEqual({ batchItemFailures: [] })
    })
    expect(output).toContain('"AuditRecordsSealed":8')
    await work('audit.seal', await batch(8, 20))
    const { manifests } = await evidenceAfter(start)
    expect(manifests.map(({ sealed }) => sealed?.manifest.count)).toEqual([8, 12])
    expect(await since()).toEqual([])
  })

  it('is found whole by a verification against the table', async () => {
    const evidence = await evidenceAfter(start, await practice.trail())
    expect(verifyTrail(evidence)).toEqual([])
    expect(verifyTrail({ ...evidence, table: evidence.table?.slice(1) })).toEqual([
      expect.objectContaining({ kind: 'table-lacks-record' }),
    ])
  })

  it('seals again what comes again, and the trail still verifies', async () => {
    const event = await batch(20, 24)
    await work('audit.seal', event)
    await work('audit.seal', event)
    expect(await since()).toEqual([])
  })

  it('gives each of several that seal at once a place of its own', async () => {
    const events = await Promise.all([24, 26, 28, 30].map(from => batch(from, from + 2)))
    await Promise.all(events.map(event => work('audit.seal', event)))
    expect(await since()).toEqual([])
  })

  it('reports the batch as failed when its head cannot be moved, and the next try takes up what is there', async () => {
    const event = await batch(32, 36)
    const answer = await withFault(
      (command, input) => command.startsWith('Put') && JSON.stringify(input).includes('SEAL#head'),
      sdkError('InternalServerError'),
      () => work('audit.seal', event),
    )
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: '1' }])
    await work('audit.seal', event)
    expect(await since()).toEqual([])
  })

  it('keeps each object once: what is in the archive is neither replaced nor deleted', async () => {
    const store = archive(parts())
    const { sequence } = await seals(parts()).head()
    const there = await store.manifest(sequence)
    const forged = { manifest: { ...there!.manifest, count: 99 }, signature: 'forged' }
    expect(await store.keepManifest(forged)).toEqual(there)
  })
})
