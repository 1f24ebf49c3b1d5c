import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Binding } from '../kernel/port.ts'
import type { ClaimId, PracticeId } from '../schema/ids.ts'
import { Submission, type SubmissionMessage } from '../schema/submissions.ts'
import type { Instant } from '../schema/time.ts'
import { entity } from './entity.ts'
import { faults } from './faults.ts'
import { practiceOf } from './practice.ts'
import { queryItems } from './read.ts'
import { table, tableName } from './table.ts'

/** Submissions wait for the sweep in so many partitions of the index. */
export const dueShards = 4

/** How long one worker has a submission to itself: longer than its function may run, shorter than the queue hides it. */
const leaseMs = 35_000

const submissionEntity = entity<Submission>({
  name: 'Submission',
  schema: Submission,
  id: ({ claimId, submission }) => `${claimId}.${submission}`,
  keys: value => ({
    ...submissionKey(value.practiceId, value.claimId, value.submission),
    gsi2pk: `OUTBOX#DUE#${value.claimId.charCodeAt(value.claimId.length - 1) % dueShards}`,
    gsi2sk: value.createdAt,
  }),
  audited: false,
})

const submissionKey = (practiceId: PracticeId, claimId: ClaimId, submission: number) => ({
  pk: `OUTBOX#${practiceId}#${claimId}`,
  sk: `SUBMISSION#${submission}`,
})

/** The outbox: what must leave, kept until it has. */
export const outbox = (binding: Binding) => {
  const { now, signal } = binding
  return {
    /** To be committed with the claim's own change. */
    enqueue: (claimId: ClaimId, submission: number) =>
      submissionEntity.create({
        practiceId: practiceOf(binding),
        claimId,
        submission,
        state: 'pending',
        attempts: 0,
        createdAt: now,
        version: 1,
      }),

    /** Takes a submission for this worker alone. Nothing when it has left already or another worker has it. */
    async take({ claimId, submission }: SubmissionMessage): Promise<Submission | undefined> {
      try {
        const { Attributes } = await faults(
          table().send(
            new UpdateCommand({
              TableName: tableName(),
              Key: submissionKey(practiceOf(binding), claimId, submission),
              UpdateExpression: 'SET #state = :sending, leaseUntil = :until ADD attempts :one, version :one',
              ConditionExpression: 'attribute_exists(pk) AND (#state = :pending OR leaseUntil < :now)',
              ExpressionAttributeNames: { '#state': 'state' },
              ExpressionAttributeValues: {
                ':sending': 'sending',
                ':pending': 'pending',
                ':until': new Date(Date.parse(now) + leaseMs).toJSON(),
                ':now': now,
                ':one': 1,
              },
              ReturnValues: 'ALL_NEW',
            }),
            { abortSignal: signal },
          ),
        )
        return Submission.parse(Attributes)
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined
        throw error
      }
    },

    /** Notes the interchange before it is sent: whoever comes after knows to ask for it first. */
    numbered: (submission: Submission, interchangeNumber: number) =>
      submissionEntity.replace(submission, { interchangeNumber }),

    /** Gives it back at once, where it is certain that nothing was sent. The lease is bookkeeping and not the claim's. */
    async release({ claimId, submission, version }: Submission): Promise<void> {
      await faults(
        table().send(
          new UpdateCommand({
            TableName: tableName(),
            Key: submissionKey(practiceOf(binding), claimId, submission),
            UpdateExpression: 'SET #state = :pending ADD version :one',
            ConditionExpression: 'version = :version',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':pending': 'pending', ':version': version, ':one': 1 },
          }),
          { abortSignal: signal },
        ),
      ).catch((error: Error) => {
        // Somebody else has it by now.
        if (error.name !== 'ConditionalCheckFailedException') throw error
      })
    },

    done: (submission: Submission) => submissionEntity.remove(submission),

    /** Submissions of all practices that have waited since before a moment: a page of one shard. */
    waiting: (shard: number, since: Instant, cursor?: string) =>
      queryItems({ index: 'gsi2', pk: `OUTBOX#DUE#${shard}`, to: since, limit: 50, cursor }, binding),
  }
}
