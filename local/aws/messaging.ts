import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { send } from '../http.ts'
import { callJson } from './json.ts'
import { messagingNeeds } from './messaging-needs.ts'
import { type AwsCall, type AwsReply, type AwsService, account } from './service.ts'

/** Queues, topics and buckets that keep their contents in a directory. */
export interface Messaging {
  service: AwsService
  /** Where the emulator itself listens. Queue URLs that callers see point to the local endpoint instead. */
  endpoint: string
  ensureQueue(name: string, attributes: Record<string, string>): Promise<void>
  ensureTopic(name: string, queues: string[]): void
  ensureBucket(name: string): void
}

/** Starts SQS, SNS and S3. `publicUrl` is asked for the local endpoint's address, which queue URLs have to carry. */
export async function startMessaging(dataDir: string, publicUrl: () => string): Promise<Messaging> {
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false, dataDir })
  const endpoint = `http://127.0.0.1:${server.port}`
  const own = new RegExp(`https?://(?:sqs\\.[\\w-]+\\.)?[\\w.]+:${server.port}/`, 'g')
  return {
    endpoint,
    service: {
      names: ['sqs', 'sns', 's3'],
      needs: messagingNeeds,
      answer: call => forward(endpoint, call, body => body.replaceAll(own, `${publicUrl()}/`)),
      stop: () => server.stop(),
    },
    ensureQueue: (name, attributes) => ensureQueue(server, endpoint, name, attributes),
    ensureTopic(name, queues) {
      server.createTopic(name)
      for (const queue of queues) server.subscribe({ topic: name, queue })
    },
    ensureBucket: name => void server.createBucket(name),
  }
}

async function ensureQueue(server: FauxqsServer, endpoint: string, name: string, attributes: Record<string, string>) {
  // A queue that is there cannot be created with other attributes; they are set instead, and its messages stay.
  if (!server.inspectQueue(name)) server.createQueue(name, { attributes })
  const { RedrivePolicy, VisibilityTimeout, DelaySeconds } = attributes
  const changing = Object.entries({ RedrivePolicy, VisibilityTimeout, DelaySeconds }).filter(([, value]) => value)
  if (!changing.length) return
  await callJson(endpoint, 'AmazonSQS.SetQueueAttributes', {
    QueueUrl: `${endpoint}/${account}/${name}`,
    Attributes: Object.fromEntries(changing),
  })
}

async function forward(endpoint: string, call: AwsCall, rewrite: (body: string) => string): Promise<AwsReply> {
  const search = call.query.size ? `?${call.query}` : ''
  const { connection: _, 'content-length': __, 'transfer-encoding': ___, expect: ____, ...headers } = call.headers
  const path = call.service === 's3' ? call.path : '/'
  const reply = await send(`${endpoint}${path}${search}`, call.method, headers, call.body)
  const { connection, 'keep-alive': alive, 'transfer-encoding': encoding, ...answered } = reply.headers
  if (call.service === 's3') return { status: reply.status, headers: answered, body: reply.body }
  return { status: reply.status, headers: answered, body: rewrite(reply.body.toString()) }
}

/** The queue's URL as functions see it. */
export function queueUrl(publicUrl: string, name: string): string {
  return `${publicUrl}/${account}/${name}`
}
