import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { fetched, order, run, stored } from './fixture.ts'

describe('POST /exports/{exportId}/downloads', () => {
  let practice: TestPractice
  let auditor: Client
  let exportId: string
  const download = (client = auditor) => client.call('exports.download', { params: { exportId } })
  beforeAll(async () => {
    practice = await newPractice()
    auditor = await practice.as('auditor')
    exportId = (await order(auditor, { format: 'csv' })).body.exportId
  })

  it('409 until it is done', async () => {
    const { status, body } = await download()
    expect([status, body.code]).toEqual([409, 'export-not-done'])
    await run(practice, exportId)
    expect((await download()).status).toBe(201)
  })

  it('201 leads to the file for five minutes', async () => {
    const { link, answer, text } = await fetched(auditor, exportId)
    expect(answer.status).toBe(200)
    expect(text).toMatch(/^"id","recorded","action"/)
    const url = new URL(link.url)
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300')
    expect(url.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/)
    expect(url.searchParams.get('response-content-disposition')).toMatch(/^attachment; filename="audit-[\d-]+\.csv"$/)
    const left = Date.parse(link.expiresAt) - Date.now()
    expect(left).toBeGreaterThan(200_000)
    expect(left).toBeLessThanOrEqual(300_000)
  })

  it('201 is audited each time, without the link', async () => {
    for (const role of ['auditor', 'admin'] as const) {
      const answer = await download(await practice.as(role))
      const records = await practice.recordsOf(answer)
      expect(records).toMatchObject([
        { name: 'exports.download', verb: 'E', outcome: 'success', actor: { role }, entity: { id: exportId } },
      ])
      expect(JSON.stringify(records)).not.toContain('X-Amz')
    }
  })

  it('404 for who may not read the trail', async () => {
    expect((await download(await practice.as('supervisor'))).status).toBe(404)
  })

  it('404 when the file is gone', async () => {
    const item = await stored(practice, exportId)
    await plant({ ...item, expiresAt: new Date(Date.now() - 1_000).toJSON() })
    const { status, body } = await download()
    expect([status, body.code]).toEqual([404, 'export-not-found'])
  })
})
