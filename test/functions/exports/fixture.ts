import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Export, ExportMessage } from '../../../shared/schema/exports.ts'
import { type Client, itemsAt, place, sqsEvent, type TestPractice, work } from '../../harness/index.ts'

const sqs = new SQSClient({ endpoint: place.environment.AWS_ENDPOINT_URL, region: 'us-east-1' })

/** An hour that ends in the future: what has happened until now. */
export const period = () => ({
  from: new Date(Date.now() - 3_600_000).toJSON(),
  to: new Date(Date.now() + 60_000).toJSON(),
})

export const order = async (client: Client, change: object = {}) =>
  client.call('exports.start', { body: { kind: 'audit', format: 'fhir-ndjson', ...period(), ...change } })

/** Hands the worker an order, with so much time. */
export const run = ({ practice: { practiceId } }: TestPractice, exportId: string, remaining = 800_000) =>
  work('exports.run', sqsEvent({ practiceId, exportId }), remaining)

export const stored = async ({ practice: { practiceId } }: TestPractice, exportId: string) =>
  (await itemsAt(`EXPORT#${practiceId}#${exportId}`))[0] as unknown as Export & Record<string, unknown>

/** The messages of the queue, of this practice. */
export async function queued({ practice: { practiceId } }: TestPractice): Promise<ExportMessage[]> {
  const found: ExportMessage[] = []
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: process.env.QUEUE_EXPORTS, MaxNumberOfMessages: 10 }),
    )
    if (Messages.length === 0) return found.filter(message => message.practiceId === practiceId)
    found.push(...Messages.map(({ Body }) => JSON.parse(Body ?? '{}')))
  }
}

/** Fetches the file as a browser does, by a link. */
export async function fetched(client: Client, exportId: string) {
  const { status, body } = await client.call('exports.download', { params: { exportId } })
  if (status !== 201) throw new Error(`the download answered ${status} ${body.code}`)
  const answer = await fetch(body.url)
  return { link: body as { url: string; expiresAt: string }, answer, text: await answer.text() }
}
