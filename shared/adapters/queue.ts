import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Binding, QueueName } from '../kernel/port.ts'
import type { SubmissionMessage } from '../schema/submissions.ts'

let client: SQSClient | undefined

/** Messages of ids to a worker. What they stand for is in the table. */
export const submissionQueue = ({ signal }: Binding) => ({
  async send(message: SubmissionMessage): Promise<void> {
    client ??= new SQSClient({ maxAttempts: 3 })
    await client.send(new SendMessageCommand({ QueueUrl: urlOf('claims'), MessageBody: JSON.stringify(message) }), {
      abortSignal: signal,
    })
  },
})

function urlOf(name: QueueName): string {
  const url = process.env[`QUEUE_${name.toUpperCase()}`]
  if (!url) throw new Error(`QUEUE_${name.toUpperCase()} is not set`)
  return url
}
