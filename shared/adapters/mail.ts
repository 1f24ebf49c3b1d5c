import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import type { Binding } from '../kernel/port.ts'

/** How a message fared: `refused` is this message's own fault and final, `later` is worth another try. */
export type Sent = 'sent' | 'refused' | 'later'

let client: SESv2Client | undefined

/** Plain text mail through SES, from the one address that the deploy was told. */
export async function sendMail(
  to: string,
  { subject, text }: { subject: string; text: string },
  { signal }: Pick<Binding, 'signal'>,
): Promise<Sent> {
  client ??= new SESv2Client({ maxAttempts: 3 })
  const command = new SendEmailCommand({
    FromEmailAddress: required('MAIL_FROM'),
    Destination: { ToAddresses: [to] },
    Content: {
      Simple: {
        Subject: { Data: subject, Charset: 'UTF-8' },
        Body: { Text: { Data: text, Charset: 'UTF-8' } },
        // No out-of-office answer to a machine (RFC 3834 §5).
        Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }],
      },
    },
  })
  return outcomeOf(client.send(command, { abortSignal: signal }))
}

const final = /^(MessageRejected|BadRequestException|ValidationException|ConflictException)$/

/** Waits for a sending. What the service says is wrong with the message stays wrong; everything else may pass. */
export async function outcomeOf(sending: Promise<unknown>): Promise<Sent> {
  try {
    await sending
    return 'sent'
  } catch (error) {
    return final.test(error instanceof Error ? error.name : '') ? 'refused' : 'later'
  }
}

export function required(name: 'MAIL_FROM' | 'SMS_FROM'): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
