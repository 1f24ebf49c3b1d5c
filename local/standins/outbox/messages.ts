/** A mail or a text that went nowhere but here. */
export interface Message {
  id: string
  channel: 'email' | 'sms'
  /** ISO 8601. */
  at: string
  from: string
  to: string[]
  cc?: string[]
  bcc?: string[]
  replyTo?: string[]
  subject?: string
  /** The plain text: a mail's, or the text message. */
  text?: string
  html?: string
  /** A mail that was handed over whole (RFC 5322). */
  raw?: string
  tags?: Record<string, string>
}

/** Which messages to list; all, when left out. */
export interface MessageFilter {
  channel?: Message['channel']
  /** One recipient, as the message has it. */
  to?: string
  limit?: number
}

/** The messages that pass the filter, newest first. */
export function newestFirst(messages: Message[], { channel, to, limit }: MessageFilter): Message[] {
  return messages
    .filter(message => channel === undefined || message.channel === channel)
    .filter(message => to === undefined || message.to.includes(to))
    .reverse()
    .slice(0, limit)
}
