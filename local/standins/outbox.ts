import { randomUUID } from 'node:crypto'
import type { AwsService } from '../aws/service.ts'
import { openDatabase } from './database.ts'
import { type Faults, faults } from './faults.ts'
import { service, targetRoute } from './operation.ts'
import { emailOperations, emailRoute } from './outbox/email.ts'
import { type Message, type MessageFilter, newestFirst } from './outbox/messages.ts'
import { smsOperations } from './outbox/sms.ts'
import { awsJson, restJson } from './protocol.ts'

export type { Message, MessageFilter } from './outbox/messages.ts'

/** Where mail and texts of this machine end. */
export interface Outbox {
  /** SES v2 and AWS End User Messaging SMS. */
  services: AwsService[]
  faults: Faults
  /** What was sent, newest first. */
  messages(filter?: MessageFilter): Message[]
  /** Keeps a mail that no function sent. */
  deliver(mail: Pick<Message, 'from' | 'to' | 'subject' | 'text'>): void
  /** Forgets everything that was sent. */
  clear(): void
}

/** Opens the outbox on `<dataDir>/outbox.sqlite`. Nothing leaves the machine. The last 1,000 messages are kept. */
export function outbox(dataDir: string, now: () => number = Date.now): Outbox {
  const database = openDatabase(dataDir, 'outbox')
  const kept = database.collection<Message>('messages')
  const injected = faults()
  const keep = (message: Message): void =>
    database.together(() => {
      kept.put(message.id, message)
      for (const old of kept.all().slice(0, -1000)) kept.delete(old.id)
    })
  const stop = () => database.close()

  return {
    faults: injected,
    deliver: mail => keep({ id: randomUUID(), channel: 'email', at: new Date(now()).toISOString(), ...mail }),
    messages: (filter = {}) => newestFirst(kept.all(), filter),
    clear: () => database.together(() => kept.all().map(message => kept.delete(message.id))),
    services: [
      service({
        names: ['ses'],
        protocol: restJson(({ message, members }) => ({ message, ...members })),
        route: emailRoute,
        operations: emailOperations(keep, now),
        faults: injected,
        stop,
      }),
      service({
        names: ['sms-voice'],
        protocol: awsJson('1.0'),
        route: targetRoute('PinpointSMSVoiceV2'),
        operations: smsOperations(keep, now),
        faults: injected,
        stop,
      }),
    ],
  }
}
