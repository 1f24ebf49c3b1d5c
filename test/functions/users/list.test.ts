import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'

describe('GET /users', () => {
  it('200 shows all of the practice, page by page, and none of another', async () => {
    const practice = await newPractice()
    await newPractice()
    const auditor = await practice.as('auditor')
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { status, body } = await auditor.call('users.list', { query: { limit: '3', ...(cursor && { cursor }) } })
      expect(status).toBe(200)
      expect(JSON.stringify(body)).not.toMatch(/passwordHash|sessionEpoch|undoable/)
      seen.push(...body.items.map(({ userId }: { userId: string }) => userId))
      cursor = body.next
    } while (cursor)
    expect(seen.toSorted()).toEqual(
      Object.values(practice.users)
        .map(({ userId }) => userId)
        .sort(),
    )
  })

  it('200 leaves a record with each patient of whom it tells', async () => {
    const practice = await newPractice()
    const answer = await (await practice.as('admin')).call('users.list')
    expect(await practice.recordsOf(answer)).toMatchObject([{ patientId: practice.users.patient.patientId }])
  })
})
