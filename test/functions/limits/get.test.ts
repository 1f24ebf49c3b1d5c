import { describe, expect, it } from 'vitest'
import { newPractice, plant } from '../../harness/index.ts'

describe('GET /limits', () => {
  it('200 with the defaults and the bounds while nothing is set, and a record in the audit trail', async () => {
    const practice = await newPractice()
    const auditor = await practice.as('auditor')
    const answer = await auditor.call('limits.get')
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      quotas: { read: 600, write: 240, bulk: 30, 'api-key': 600 },
      version: 0,
      bounds: {
        read: { default: 600, floor: 120, ceiling: 3_000 },
        write: { default: 240, floor: 60, ceiling: 1_200 },
        bulk: { default: 30, floor: 5, ceiling: 120 },
        'api-key': { default: 600, floor: 60, ceiling: 6_000 },
      },
      fixed: { credential: { quota: 20, window: 300 }, anonymous: { quota: 300, window: 60 } },
    })
    expect(await practice.recordsOf(answer)).toMatchObject([
      { name: 'limits.get', outcome: 'success', entity: { type: 'RateLimit', id: practice.practice.practiceId } },
    ])
  })

  it('200 shows what holds, also where an item says more than the code allows', async () => {
    const practice = await newPractice()
    const { practiceId } = practice.practice
    const quotas = { read: 1, write: 9_999_999, bulk: 30, 'api-key': 700 }
    const item = { practiceId, ...quotas, updatedAt: new Date().toJSON(), version: 7 }
    await plant({ pk: `QUOTA#${practiceId}`, sk: 'QUOTA', ...item })
    const { body } = await (await practice.as('admin')).call('limits.get')
    expect(body).toMatchObject({ quotas: { read: 120, write: 1_200, bulk: 30, 'api-key': 700 }, version: 7 })
  })
})
