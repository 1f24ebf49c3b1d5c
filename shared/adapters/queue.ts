import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Binding, QueueName } from '../kernel/port.ts'
import type { ReviewMessage } from '../schema/auditReviews.ts'
import type { ExportMessage } from '../schema/exports.ts'
import type { RecordExportMessage } from '../schema/recordExports.ts'
import type { SubmissionMessage } from '../schema/submissions.ts'

let client: SQSClient | undefined

/** Messages of ids to a worker. What they stand for is in the table. */
const queue =
  <Message>(name: QueueName) =>
  ({ signal }: Binding) => ({
    async send(message: Message): Promise<void> {
      client ??= new SQSClient({ maxAttempts: 3 })
      await client.send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody: JSON.stringify(message) }), {
        abortSignal: signal,
      })
    },
  })

export const submissionQueue = queue<SubmissionMessage>('claims')
export const exportQueue = queue<ExportMessage>('exports')
export const recordExportQueue = queue<RecordExportMessage>('copies')
export const reviewQueue = queue<ReviewMessage>('reviews')

function urlOf(name: QueueName): string {
  const url = process.env[`QUEUE_${name.toUpperCase()}`]
  if (!url) throw new Error(`QUEUE_${name.toUpperCase()} is not set`)
  return url
}
