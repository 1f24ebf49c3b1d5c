import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { account, type Need, region } from '../../aws/service.ts'
import { type Operation, operation, type Route } from '../operation.ts'
import { jsonBody } from '../protocol.ts'
import { Refusal } from '../refusal.ts'
import { blob, text } from '../shape.ts'
import type { Message } from './messages.ts'

const Address = text(1, 2048)
const Addresses = z.array(Address).optional()
const Part = z.object({ Data: z.string(), Charset: z.string().optional() })
const Header = z.object({ Name: text(1, 126, /^[!-9;-~]+$/), Value: text(1, 870) })

/** The input of SES v2's SendEmail, as far as a mail shows it. */
export const SendEmail = z.object({
  FromEmailAddress: Address.optional(),
  FromEmailAddressIdentityArn: text(1, 2048).optional(),
  Destination: z.object({ ToAddresses: Addresses, CcAddresses: Addresses, BccAddresses: Addresses }).optional(),
  ReplyToAddresses: Addresses,
  FeedbackForwardingEmailAddress: Address.optional(),
  Content: z.object({
    Simple: z
      .object({
        Subject: Part,
        Body: z.object({ Text: Part.optional(), Html: Part.optional() }),
        Headers: z.array(Header).max(15).optional(),
      })
      .optional(),
    Raw: z.object({ Data: blob(1, 40_000_000) }).optional(),
    Template: z.object({ TemplateName: text(1, 64).optional(), TemplateArn: text(1, 2048).optional() }).optional(),
  }),
  EmailTags: z
    .array(z.object({ Name: text(1, 256, /^[A-Za-z0-9_-]+$/), Value: text(1, 256, /^[A-Za-z0-9_.@-]+$/) }))
    .max(50)
    .optional(),
  ConfigurationSetName: text(1, 64).optional(),
})
type Input = z.output<typeof SendEmail>

/** `POST /v2/email/outbound-emails`. */
export const emailRoute: Route = call =>
  call.method === 'POST' && call.path === '/v2/email/outbound-emails'
    ? { name: 'SendEmail', input: jsonBody(call) }
    : undefined

/** SES v2's SendEmail. It has no templates and every sender is verified. */
export const emailOperations = (keep: (message: Message) => void, now: () => number): Record<string, Operation> => ({
  SendEmail: operation(SendEmail, needs, input => {
    const message = messageOf(input, new Date(now()).toISOString())
    keep(message)
    return { MessageId: message.id }
  }),
})

function messageOf(input: Input, at: string): Message {
  const { Simple, Raw, Template } = input.Content
  if ([Simple, Raw, Template].filter(Boolean).length !== 1) {
    throw badRequest('Content must have exactly one of Simple, Raw and Template.')
  }
  if (Template) throw new Refusal('NotFoundException', 'The local stand-in has no templates.', 404)
  const raw = Raw?.Data.toString()
  const from = input.FromEmailAddress ?? headerOf(raw, 'From')
  const to = input.Destination?.ToAddresses ?? listOf(headerOf(raw, 'To'))
  const cc = input.Destination?.CcAddresses ?? []
  const bcc = input.Destination?.BccAddresses ?? []
  const recipients = [...to, ...cc, ...bcc]
  if (from === undefined) throw badRequest('Missing final sender: FromEmailAddress is required.')
  if (recipients.length === 0) throw badRequest('Destination has no recipient.')
  if (recipients.length > 50) throw badRequest('Recipient count exceeds 50.')
  for (const each of [from, ...recipients, ...(input.ReplyToAddresses ?? [])]) checkAddress(each)
  if (Simple && !Simple.Body.Text && !Simple.Body.Html) throw badRequest('Body must have Text or Html.')
  if (Simple && /[\r\n]/.test(Simple.Subject.Data)) throw badRequest('Subject must be one line.')
  return {
    id: randomUUID(),
    channel: 'email',
    at,
    from,
    to,
    cc: some(cc),
    bcc: some(bcc),
    replyTo: some(input.ReplyToAddresses ?? []),
    subject: Simple?.Subject.Data ?? headerOf(raw, 'Subject'),
    text: Simple?.Body.Text?.Data,
    html: Simple?.Body.Html?.Data,
    raw,
    tags: input.EmailTags && Object.fromEntries(input.EmailTags.map(tag => [tag.Name, tag.Value])),
  }
}

/** The identity is the sender's domain, or the one that the request names. */
function needs(input: Input): Need[] {
  const sender = bare(input.FromEmailAddress ?? headerOf(input.Content.Raw?.Data.toString(), 'From') ?? '')
  const domain = sender.slice(sender.lastIndexOf('@') + 1)
  const { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = input.Destination ?? {}
  const arns = [input.FromEmailAddressIdentityArn ?? `${arnPrefix}identity/${domain}`]
  if (input.ConfigurationSetName) arns.push(`${arnPrefix}configuration-set/${input.ConfigurationSetName}`)
  const named = /^\s*"?([^"<]*?)"?\s*</.exec(input.FromEmailAddress ?? '')?.[1]
  const context: Need['context'] = {
    'ses:ApiVersion': '2',
    'ses:FromAddress': sender,
    'ses:Recipients': [...ToAddresses, ...CcAddresses, ...BccAddresses].map(bare),
    ...(named ? { 'ses:FromDisplayName': named } : {}),
    ...(input.FeedbackForwardingEmailAddress ? { 'ses:FeedbackAddress': input.FeedbackForwardingEmailAddress } : {}),
  }
  return arns.map(resource => ({ action: 'ses:SendEmail', resource, context }))
}

const arnPrefix = `arn:aws:ses:${region}:${account}:`
const badRequest = (message: string) => new Refusal('BadRequestException', message)
const some = (addresses: string[]): string[] | undefined => (addresses.length > 0 ? addresses : undefined)

/** `Clinic <a@b.example>` without the name. */
const bare = (address: string): string => /<([^<>]*)>\s*$/.exec(address)?.[1] ?? address.trim()

function checkAddress(address: string): void {
  // SES takes ASCII only; a line break would let a caller write headers of their own.
  if (!/^[\x20-\x7e]+$/.test(address) || !/^[^\s@<>]+@[^\s@<>.]+(\.[^\s@<>.]+)+$/.test(bare(address))) {
    throw badRequest('An email address is not valid: it must be ASCII, of the form local@domain.')
  }
}

/** A header of a whole mail, with its folded lines joined (RFC 5322 §2.2.3). */
function headerOf(raw: string | undefined, name: string): string | undefined {
  const head = raw?.split(/\r?\n\r?\n/, 1)[0]?.replace(/\r?\n[ \t]+/g, ' ')
  return head && new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head)?.[1]?.trim()
}

const listOf = (header: string | undefined): string[] => header?.split(',').map(each => each.trim()) ?? []
