import { PinpointSMSVoiceV2Client, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2'
import type { Binding } from '../kernel/port.ts'
import { outcomeOf, required, type Sent } from './mail.ts'

let client: PinpointSMSVoiceV2Client | undefined

/** A text to a US telephone, through AWS End User Messaging. It is dropped, and not delivered late, after ten minutes. */
export async function sendText(phone: string, text: string, { signal }: Pick<Binding, 'signal'>): Promise<Sent> {
  client ??= new PinpointSMSVoiceV2Client({ maxAttempts: 3 })
  const command = new SendTextMessageCommand({
    DestinationPhoneNumber: `+1${phone}`,
    OriginationIdentity: required('SMS_FROM'),
    MessageBody: text,
    MessageType: 'TRANSACTIONAL',
    TimeToLive: 600,
  })
  return outcomeOf(client.send(command, { abortSignal: signal }))
}
