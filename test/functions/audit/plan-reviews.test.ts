import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { beforeAll, describe, expect, it } from 'vitest'
import { newPractice, place, plant, type TestPractice, work } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { dayAgo, review } from './reviews.ts'

const sqs = new SQSClient({ endpoint: place.environment.AWS_ENDPOINT_URL, region: 'us-east-1' })

describe('the plan of reviews, every hour', () => {
  let practice: TestPractice
  const asked = async () => {
    const output = await outputOf(() => work('audit.plan-reviews', {}))
    const days: string[] = []
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: process.env.QUEUE_REVIEWS, MaxNumberOfMessages: 10 }),
      )
      if (Messages.length === 0) return { days, output }
      const bodies = Messages.map(({ Body }) => JSON.parse(Body ?? '{}'))
      days.push(...bodies.filter(({ practiceId }) => practiceId === practice.practice.practiceId).map(({ day }) => day))
    }
  }

  beforeAll(async () => {
    practice = await newPractice()
  })

  it('asks for nothing of a practice whose first day is not over', async () => {
    expect((await asked()).days).toEqual([])
  })

  it('asks for one day after the other, from the first that has none, and says that they are late', async () => {
    const createdAt = new Date(Date.now() - 4 * 86_400_000).toJSON()
    const { practiceId } = practice.practice
    const item = { ...practice.practice, signIn: { patientMfa: 'offered', graceDays: 14 } }
    const keys = { pk: `PRACTICE#${practiceId}`, sk: 'PRACTICE', gsi1pk: 'PRACTICE#ALL', gsi1sk: practiceId }
    await plant({ ...item, ...keys, createdAt, updatedAt: createdAt, version: 1 })
    const first = await asked()
    expect(first.days).toEqual([dayAgo(4)])
    expect(first.output).toMatch(/"AuditReviewsOverdue":\s*1/)
    // It was not done: it is asked for again, and no later one.
    expect((await asked()).days).toEqual([dayAgo(4)])
    await review(practice, dayAgo(4))
    expect((await asked()).days).toEqual([dayAgo(3)])
  })
})
