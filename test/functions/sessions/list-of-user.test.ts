import { beforeAll, describe, expect, it } from 'vitest'
import { sessionOf } from '../../harness/identity.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'

describe('GET /users/{userId}/sessions', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('200 lists where a user of the practice is signed in', async () => {
    const { patient } = practice.users
    const theirs = [await sessionOf(patient), await sessionOf(patient, { aal: 'aal1+device' })]
    const admin = await practice.as('admin')
    const answer = await admin.call('sessions.list-of-user', { params: { userId: patient.userId } })
    expect(answer.status).toBe(200)
    expect(answer.body.items).toEqual(
      theirs
        .map(({ session: { sessionId, aal } }) => expect.objectContaining({ sessionId, aal, current: false }))
        .sort((a, b) => (a.sample.sessionId < b.sample.sessionId ? -1 : 1)),
    )
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'sessions.list-of-user',
        verb: 'R',
        entity: { type: 'User', id: patient.userId },
        patientId: patient.patientId,
      }),
    ])
  })

  it('404 for a user of another practice, and for nobody', async () => {
    const other = await newPractice()
    const admin = await practice.as('admin')
    for (const userId of [other.users.patient.userId, 'usr_00000000000000000000']) {
      const { status, body } = await admin.call('sessions.list-of-user', { params: { userId } })
      expect([status, body.code]).toEqual([404, 'user-not-found'])
    }
  })
})
