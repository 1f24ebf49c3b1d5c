import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Binding } from '../kernel/port.ts'
import { type Entity, keyOf } from './entity.ts'
import { faults } from './faults.ts'
import { table, tableName } from './table.ts'

/** How long one worker has a job to itself: longer than its function may run, shorter than the queue hides it. */
const leaseMs = 915_000

interface Job {
  version: number
  state: 'queued' | 'running' | 'done' | 'failed'
  updatedAt: string
}

/** Jobs that one worker at a time goes on with, however many are called. */
export const jobs = <T extends Job>(jobEntity: Entity<T>, { now, signal }: Pick<Binding, 'now' | 'signal'>) => ({
  /** Takes a job for this worker alone. Nothing when it is done, or another worker has it. */
  async take(key: { pk: string; sk: string }): Promise<T | undefined> {
    const command = new UpdateCommand({
      TableName: tableName(),
      Key: key,
      UpdateExpression: 'SET #state = :running, leaseUntil = :until, updatedAt = :now ADD attempts :one, version :one',
      ConditionExpression: '#state = :queued OR (#state = :running AND leaseUntil < :now)',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':queued': 'queued',
        ':running': 'running',
        ':until': new Date(Date.parse(now) + leaseMs).toJSON(),
        ':now': now,
        ':one': 1,
      },
      ReturnValues: 'ALL_NEW',
    })
    try {
      const { Attributes = {} } = await faults(table().send(command, { abortSignal: signal }))
      return jobEntity.parse(Attributes)
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined
      throw error
    }
  },

  /** Bookkeeping of the one worker that has it: how far it is, or that it stops. Fails when another has it by now. */
  async note(job: T, change: Partial<T>): Promise<T> {
    const after = { ...job, ...change, updatedAt: now, version: job.version + 1 }
    const fields = Object.entries({ ...change, updatedAt: now, version: after.version })
    await faults(
      table().send(
        new UpdateCommand({
          TableName: tableName(),
          Key: keyOf(jobEntity.keys(job)),
          UpdateExpression: `SET ${fields.map((_, index) => `#f${index} = :f${index}`).join(', ')}`,
          ConditionExpression: '#version = :version',
          ExpressionAttributeNames: {
            '#version': 'version',
            ...Object.fromEntries(fields.map(([name], index) => [`#f${index}`, name])),
          },
          ExpressionAttributeValues: {
            ':version': job.version,
            ...Object.fromEntries(fields.map(([, value], index) => [`:f${index}`, value])),
          },
        }),
        { abortSignal: signal },
      ),
    )
    return after
  },
})
