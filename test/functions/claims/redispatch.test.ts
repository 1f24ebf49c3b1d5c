import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { beforeAll, describe, expect, it } from 'vitest'
import type { SubmissionMessage } from '../../../shared/schema/submissions.ts'
import { type Client, newPractice, place, type TestPractice, table, work } from '../../harness/index.ts'
import { outboxOf, ownClearinghouse, ownQueue, scheduled, submitted, transmit } from './fixture.ts'

const queue = await ownQueue()
const clearinghouse = await ownClearinghouse()

describe('claims.redispatch', () => {
  let practice: TestPractice
  let admin: Client
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
  })

  /** Makes a submission older than it is, and the last attempt at it as old. */
  const age = ({ practiceId, claimId, submission }: SubmissionMessage, minutes: number, attempts = 0) => {
    const then = new Date(Date.now() - minutes * 60_000).toJSON()
    return table.send(
      new UpdateCommand({
        TableName: place.environment.TABLE_NAME,
        Key: { pk: `OUTBOX#${practiceId}#${claimId}`, sk: `SUBMISSION#${submission}` },
        UpdateExpression: 'SET createdAt = :then, gsi2sk = :then, leaseUntil = :then, attempts = :attempts',
        ExpressionAttributeValues: { ':then': then, ':attempts': attempts },
      }),
    )
  }
  const again = async () => {
    await work('claims.redispatch', scheduled)
    return (await queue.take()).filter(({ practiceId }) => practiceId === practice.practice.practiceId)
  }

  it('queues what waits for more than two minutes, from every shard, and not what is new', async () => {
    const old: SubmissionMessage[] = []
    for (let count = 0; count < 6; count++) old.push((await submitted(practice, admin)).message)
    await Promise.all(old.map(message => age(message, 3)))
    const { message: fresh } = await submitted(practice, admin)
    const found = await again()
    expect(found).toHaveLength(6)
    expect(found).toEqual(expect.arrayContaining(old))
    expect(found).not.toContainEqual(fresh)
  })

  it('forgets what was sent', async () => {
    const { claim, message } = await submitted(practice, admin)
    await age(message, 3)
    expect(await again()).toContainEqual(message)
    expect(await transmit(message)).toBe(0)
    expect(await outboxOf(claim)).toEqual([])
    expect(await again()).not.toContainEqual(message)
  })

  it('calls again for what a sender left lying', async () => {
    const { claim, message } = await submitted(practice, admin)
    await clearinghouse.arm({ kind: 'unavailable' })
    expect(await transmit(message)).toBe(1)
    expect(await outboxOf(claim)).toMatchObject([{ state: 'sending' }])
    await age(message, 3)
    expect(await again()).toContainEqual(message)
  })

  it.each([
    [1, 1, false],
    [1, 3, true],
    [3, 6, false],
    [3, 9, true],
    [20, 59, false],
    [20, 61, true],
  ])('after %i attempts, the last one %i minutes ago: %s', async (attempts, minutes, due) => {
    const { message } = await submitted(practice, admin)
    await age(message, minutes, attempts)
    const found = await again()
    if (due) expect(found).toContainEqual(message)
    else expect(found).not.toContainEqual(message)
  })

  it('fails the run when the queue does not take it, and the submission stays', async () => {
    const { claim, message } = await submitted(practice, admin)
    await age(message, 3)
    const url = process.env.QUEUE_CLAIMS
    process.env.QUEUE_CLAIMS = `${url}-that-is-not`
    try {
      await expect(work('claims.redispatch', scheduled)).rejects.toThrow()
    } finally {
      process.env.QUEUE_CLAIMS = url
    }
    expect(await outboxOf(claim)).toHaveLength(1)
    expect(await again()).toContainEqual(message)
  })
})
