import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'

describe('GET /accounts/me', () => {
  it('200 shows the own account, and neither hash nor epoch', async () => {
    const practice = await newPractice()
    const client = await practice.as('patient')
    const answer = await client.call('accounts.me')
    const { userId, practiceId, email, role, patientId, status, factors, createdAt, updatedAt } = client.user
    expect([answer.status, answer.body]).toEqual([
      200,
      { userId, practiceId, email, role, patientId, status, factors, createdAt, updatedAt },
    ])
    expect(await practice.recordsOf(answer)).toMatchObject([{ patientId, entity: { type: 'User', id: userId } }])
  })
})
