import { beforeAll, describe, expect, it } from 'vitest'
import { idsAt } from '../../../shared/kernel/random.ts'
import { type AuditEvent, AuditRecord } from '../../../shared/schema/audit.ts'
import { auditItem } from '../../../shared/store/audit.ts'
import { withFault } from '../../harness/faults.ts'
import { type Client, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { fetched, order, queued, run, stored } from './fixture.ts'

describe('exports.run', () => {
  let practice: TestPractice
  let auditor: Client
  /** So many that their file has three parts. */
  const many = 2_400
  const day = '2026-03-08'
  const period = { from: `${day}T00:00:00.000Z`, to: '2026-03-09T23:00:00.000Z' }
  let planted: string[]

  beforeAll(async () => {
    practice = await newPractice()
    auditor = await practice.as('auditor')
    const [template] = await practice.trail()
    const record = AuditRecord.strip().parse(template)
    const changed = Array.from({ length: 60 }, (_, index) => `field-with-a-long-name-${index}`)
    planted = []
    // Over two days, and some of them in one millisecond.
    const events = Array.from({ length: many }, (_, index) => {
      const recordedAt = new Date(Date.parse(`${day}T12:00:00.000Z`) + Math.floor(index / 2) * 40_000).toJSON()
      return { ...record, auditEventId: idsAt(recordedAt)('aud'), recordedAt, changed } as AuditRecord
    })
    planted = events.map(({ auditEventId }) => auditEventId).sort()
    for (let at = 0; at < many; at += 100)
      await Promise.all(events.slice(at, at + 100).map(event => plant(auditItem(event))))
  }, 120_000)

  const ids = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as AuditEvent & { id: string }).id.replace('-', '_'))
  const ordered = async (change: object = {}) =>
    (await order(auditor, { ...period, ...change })).body.exportId as string

  it('writes every record once, in the order of time, and says so', async () => {
    const exportId = await ordered()
    const output = await outputOf(() => run(practice, exportId))
    const { text, answer } = await fetched(auditor, exportId)
    expect(answer.headers.get('content-type')).toBe('application/fhir+ndjson')
    expect(ids(text)).toEqual(planted)
    expect(await stored(practice, exportId)).toMatchObject({
      state: 'done',
      records: many,
      bytes: Buffer.byteLength(text),
      parts: { length: 3 },
    })
    expect(output).toMatch(new RegExp(`"ExportedRecords":\\s*${many}`))
  })

  it('stops in time after a part, and goes on with the next when it is called again', async () => {
    const exportId = await ordered()
    await queued(practice)
    await run(practice, exportId, 30_000)
    const { records, state, parts } = await stored(practice, exportId)
    expect([state, parts.length]).toEqual(['queued', 1])
    expect(records).toBeLessThan(many)
    expect(await queued(practice)).toEqual([{ practiceId: practice.practice.practiceId, exportId }])
    await run(practice, exportId)
    expect(ids((await fetched(auditor, exportId)).text)).toEqual(planted)
  })

  it('loses and doubles nothing when it dies between a part and the note of it', async () => {
    const exportId = await ordered()
    let notes = 0
    const dies = (_: string, input: string) => input.includes('EXPORT#') && input.includes('parts') && ++notes === 2
    const answer = await withFault(dies, new Error('killed'), () => run(practice, exportId))
    expect(answer).toMatchObject({ batchItemFailures: [{}] })
    const left = await stored(practice, exportId)
    expect([left.state, left.parts.length]).toEqual(['running', 1])
    // Nobody else gets it while the dead one might still live.
    await run(practice, exportId)
    expect((await stored(practice, exportId)).version).toBe(left.version)
    await plant({ ...left, leaseUntil: new Date(Date.now() - 1_000).toJSON() })
    await run(practice, exportId)
    expect(ids((await fetched(auditor, exportId)).text)).toEqual(planted)
  })

  it('ends well when the file was whole and only the note of it was lost', async () => {
    const exportId = await ordered()
    await run(practice, exportId)
    const done = await stored(practice, exportId)
    await plant({ ...done, state: 'queued' })
    await run(practice, exportId)
    expect((await stored(practice, exportId)).state).toBe('done')
    expect(ids((await fetched(auditor, exportId)).text)).toEqual(planted)
  })

  it('writes the head of a table where nothing was recorded', async () => {
    const exportId = await ordered({ format: 'csv', to: `${day}T01:00:00.000Z` })
    await run(practice, exportId)
    const { text, answer } = await fetched(auditor, exportId)
    expect(answer.headers.get('content-type')).toContain('text/csv')
    expect(text.split('\r\n')).toHaveLength(2)
    expect((await stored(practice, exportId)).records).toBe(0)
  })

  it("writes nothing of another practice's, and nothing of a patient but their id", async () => {
    const other = await newPractice()
    const client = await other.as('auditor')
    await client.call('patients.get', { params: { patientId: other.patients[0]?.patientId ?? '' } })
    const { exportId } = (await order(client)).body
    await run(other, exportId)
    const { text } = await fetched(client, exportId)
    expect(text).toContain(other.practice.practiceId)
    expect(text).not.toContain(practice.practice.practiceId)
    expect(text).not.toMatch(/Ferreira|Novak|@/)
  })

  it('gives up what five runs brought no further', async () => {
    const exportId = await ordered()
    await plant({ ...(await stored(practice, exportId)), attempts: 5 })
    await run(practice, exportId)
    expect((await stored(practice, exportId)).state).toBe('failed')
    await run(practice, exportId)
    expect((await stored(practice, exportId)).attempts).toBe(6)
  })
})
