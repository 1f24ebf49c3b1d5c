import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2'
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { mockClient } from 'aws-sdk-client-mock'
import { idsAt } from '../../../shared/kernel/random.ts'
import type { Notice, NoticeKind } from '../../../shared/schema/notices.ts'
import { notices } from '../../../shared/store/notices.ts'
import { itemsAt, plant, type TestPractice } from '../../harness/index.ts'

/** A notice to a practice's biller, or wherever else, as it lies in the table. */
export async function tell(practice: TestPractice, change: Partial<Notice> & { kind: NoticeKind }): Promise<Notice> {
  const now = change.createdAt ?? new Date().toJSON()
  const { practiceId, userId, email } = practice.users.biller
  const { send } = notices({ now, signal: AbortSignal.timeout(10_000) })
  const { request } = send({ noticeId: idsAt(now)('ntc'), practiceId, userId, to: { email }, ...change })
  await plant(request.Item as Record<string, unknown>)
  return request.Item as unknown as Notice
}

/** A notice as the table has it now. */
export const found = async ({ practiceId, noticeId }: Notice) => (await itemsAt(`NOTICE#${practiceId}#${noticeId}`))[0]

/** The event by which the table's stream tells of notices. */
export const inserted = (...told: Notice[]) => ({
  Records: told.map((notice, index) => ({
    eventName: 'INSERT',
    dynamodb: { SequenceNumber: String(index + 1), NewImage: (typed(notice) as { M: object }).M },
  })),
})

function typed(value: unknown): object {
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value !== 'object' || value === null) return { S: String(value) }
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return { M: Object.fromEntries(fields.map(([name, field]) => [name, typed(field)])) }
}

/** The ways out, which keep what is given to them. */
export function waysOut() {
  const mail = mockClient(SESv2Client)
  const sms = mockClient(PinpointSMSVoiceV2Client)
  return {
    /** Mails to an address. */
    mails: (to: string) =>
      mail
        .commandCalls(SendEmailCommand)
        .map(({ args }) => args[0].input)
        .filter(({ Destination }) => Destination?.ToAddresses?.includes(to)),
    texts: () => sms.commandCalls(SendTextMessageCommand).map(({ args }) => args[0].input),
    open: () => {
      mail.reset()
      sms.reset()
      mail.on(SendEmailCommand).resolves({ MessageId: 'm' })
      sms.on(SendTextMessageCommand).resolves({ MessageId: 'm' })
    },
    /** From now on SES answers with this error, to mails of one address or to all. */
    close: (name: string, to?: string) =>
      mail
        .on(SendEmailCommand, to ? { Destination: { ToAddresses: [to] } } : {})
        .rejects(Object.assign(new Error('of a test'), { name })),
    restore: () => {
      mail.restore()
      sms.restore()
    },
  }
}
