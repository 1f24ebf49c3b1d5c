import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'

describe('GET /users/{userId}', () => {
  it('200 shows a user, and 404 is for one that is none', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const { userId, email, patientId } = practice.users.patient
    const answer = await admin.call('users.get', { params: { userId } })
    expect([answer.status, answer.body]).toMatchObject([200, { userId, email, role: 'patient', status: 'active' }])
    expect(await practice.recordsOf(answer)).toMatchObject([{ patientId, entity: { type: 'User', id: userId } }])
    const none = await admin.call('users.get', { params: { userId: `usr_${'0'.repeat(20)}` } })
    expect([none.status, none.body.code]).toEqual([404, 'user-not-found'])
  })
})
