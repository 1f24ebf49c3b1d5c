import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { account, type Need, region } from '../../aws/service.ts'
import { type Operation, operation } from '../operation.ts'
import { Refusal } from '../refusal.ts'
import { integer, text } from '../shape.ts'
import type { Message } from './messages.ts'

/** The input of SendTextMessage of AWS End User Messaging. */
export const SendTextMessage = z.object({
  DestinationPhoneNumber: text(1, 20, /^\+?[1-9][0-9]{1,18}$/),
  OriginationIdentity: text(1, 256, /^[A-Za-z0-9_:/+-]+$/).optional(),
  MessageBody: text(1, 1600).optional(),
  MessageType: z.enum(['TRANSACTIONAL', 'PROMOTIONAL']).optional(),
  Keyword: text(1, 30, /^[ \S]+$/).optional(),
  ConfigurationSetName: text(1, 256, /^[A-Za-z0-9_:/-]+$/).optional(),
  MaxPrice: text(2, 8, /^[0-9]{0,2}\.[0-9]{1,5}$/).optional(),
  TimeToLive: integer(5, 259_200).optional(),
  Context: z.record(z.string(), z.string()).optional(),
  DryRun: z.boolean().optional(),
  ProtectConfigurationId: text(1, 256, /^[A-Za-z0-9_:/-]+$/).optional(),
})
type Input = z.output<typeof SendTextMessage>

/** SendTextMessage. A dry run is checked and answered, and not kept. */
export const smsOperations = (keep: (message: Message) => void, now: () => number): Record<string, Operation> => ({
  SendTextMessage: operation(SendTextMessage, needs, input => {
    if (input.MessageBody === undefined) {
      throw new Refusal('ValidationException', 'MessageBody is required.', 400, { Reason: 'MISSING_PARAMETER' })
    }
    const id = randomUUID()
    const at = new Date(now()).toISOString()
    const from = input.OriginationIdentity ?? 'any'
    const { DestinationPhoneNumber: number, MessageBody: body } = input
    if (!input.DryRun) keep({ id, channel: 'sms', at, from, to: [number], text: body, tags: input.Context })
    return { MessageId: id }
  }),
})

/** On what the text is sent from, and on the configuration set if there is one. */
function needs(input: Input): Need[] {
  const resources = [originOf(input.OriginationIdentity)]
  if (input.ConfigurationSetName) resources.push(arnOf('configuration-set', input.ConfigurationSetName))
  return resources.map(resource => ({ action: 'sms-voice:SendTextMessage', resource, context: {} }))
}

/** The ARN of an origination identity. A bare number or sender id cannot be told apart from others': `*`. */
function originOf(identity: string | undefined): string {
  if (identity === undefined) return '*'
  if (identity.startsWith('arn:')) return identity
  if (identity.startsWith('pool-')) return arnOf('pool', identity)
  return identity.startsWith('phone-') ? arnOf('phone-number', identity) : '*'
}

const arnOf = (kind: string, name: string): string =>
  name.startsWith('arn:') ? name : `arn:aws:sms-voice:${region}:${account}:${kind}/${name}`
