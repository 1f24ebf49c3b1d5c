import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { order, run } from './fixture.ts'

describe('GET /exports/{exportId}', () => {
  it('200 says how far it is, and nothing of how it is written', async () => {
    const practice = await newPractice()
    const auditor = await practice.as('auditor')
    const { exportId } = (await order(auditor)).body
    const get = () => auditor.call('exports.get', { params: { exportId } })
    const { body } = await get()
    expect(body).toMatchObject({ exportId, state: 'queued', reached: body.from })
    await run(practice, exportId)
    const done = await get()
    expect(done.body).toMatchObject({ state: 'done', reached: body.to })
    expect(done.body.records).toBeGreaterThan(10)
    expect(Object.keys(done.body)).not.toEqual(expect.arrayContaining(['parts']))
    expect(JSON.stringify(done.body)).not.toMatch(/uploadId|parts|lease|practiceId/)
  })

  it("404 for another practice's", async () => {
    const { exportId } = (await order(await (await newPractice()).as('auditor'))).body
    const other = await (await newPractice()).as('admin')
    for (const id of ['exports.get', 'exports.download']) {
      const { status, body } = await other.call(id, { params: { exportId } })
      expect([status, body.code]).toEqual([404, 'export-not-found'])
    }
  })
})
