import { join } from 'node:path'
import { callJson, operator, signed } from '../aws/json.ts'
import { account } from '../aws/service.ts'
import type { Invoke } from '../events/batch.ts'
import { fileCheckpoint } from '../events/checkpoint.ts'
import { startQueue } from '../events/queue.ts'
import { type Scheduler, startScheduler } from '../events/scheduler.ts'
import { type Poller, startStream } from '../events/stream.ts'
import { send } from '../http.ts'
import type { Model } from '../template/model.ts'

/** All that calls functions without a client: streams, queues and schedules. */
export interface Consumers {
  nudge(): void
  upcoming: Scheduler['upcoming']
  stop(): Promise<void>
}

/** Starts the consumers of a model. Their progress is kept under `data`. */
export function startConsumers(options: {
  model: Model
  data: string
  awsUrl: string
  invoke: Invoke
  say(line: string): void
}): Consumers {
  const { model, data, awsUrl: endpoint, invoke, say } = options
  const pollers = model.consumers
    .filter(({ enabled }) => enabled)
    .map((consumer): Poller => {
      if (consumer.kind === 'sqs') return startQueue({ consumer, endpoint, invoke, say })
      const checkpoint = fileCheckpoint<Record<string, string>>(join(data, 'streams'), consumer.id)
      const giveUp = (destination: string, message: string) => deliver(endpoint, destination, message)
      return startStream({ consumer, endpoint, checkpoint, invoke, giveUp, say })
    })
  const checkpoint = fileCheckpoint<Record<string, string>>(data, 'schedules')
  const scheduler = startScheduler({ schedules: model.schedules, checkpoint, invoke, say })
  return {
    nudge: () => {
      for (const poller of pollers) poller.nudge()
    },
    upcoming: scheduler.upcoming,
    stop: async () => void (await Promise.all([scheduler.stop(), ...pollers.map(poller => poller.stop())])),
  }
}

/** Sends a message to an on-failure destination: a queue or a topic. */
async function deliver(awsUrl: string, destination: string, message: string) {
  const name = destination.split(':').at(-1)
  if (destination.includes(':sqs:')) {
    await callJson(awsUrl, 'AmazonSQS.SendMessage', { QueueUrl: `${awsUrl}/${account}/${name}`, MessageBody: message })
    return
  }
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: destination,
    Message: message,
  })
  const headers = { ...signed('sns', operator), 'content-type': 'application/x-www-form-urlencoded' }
  await send(awsUrl, 'POST', headers, form.toString())
}
