import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'

describe('GET /practices/current/sign-in-policy', () => {
  it('200 with what the practice demands', async () => {
    const own = await newPractice()
    const answer = await (await own.as('admin')).call('practices.get-sign-in-policy')
    expect([answer.status, answer.body]).toEqual([200, { patientMfa: 'offered', graceDays: 14 }])
    expect(await own.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'practices.get-sign-in-policy',
        verb: 'R',
        entity: { type: 'Organization', id: own.practice.practiceId },
      }),
    ])
  })
})
