import * as z from 'zod'
import type { Binding } from '../kernel/port.ts'
import { secret } from './secrets.ts'

/** The account at the clearinghouse: where it is, our key, and the parties that an envelope names. */
const Account = z.object({
  url: z.url(),
  apiKey: z.string().min(1),
  submitterId: z.string(),
  submitterName: z.string(),
  contactName: z.string(),
  phone: z.string(),
  receiverId: z.string(),
  receiverName: z.string(),
  usage: z.enum(['T', 'P']),
})
export type Account = z.infer<typeof Account>

const Inbound = z.object({
  items: z.array(z.object({ fileId: z.string(), kind: z.enum(['TA1', '999', '277CA']), receivedAt: z.string() })),
})
const Submissions = z.object({ items: z.array(z.object({ controlNumber: z.string() })) })

/** How sending ended. `unknown` may have arrived: it is never sent again before it was asked for. */
export type Sent = 'accepted' | 'refused' | 'not-sent' | 'unknown'

/** A clearinghouse that takes raw X12 over HTTPS. */
export const clearinghouse = ({ signal }: Binding) => {
  const ask = async (method: string, path: string, more: { headers?: Record<string, string>; body?: string } = {}) => {
    const { url, apiKey } = await account()
    return fetch(new URL(path, url), {
      method,
      headers: { authorization: `Key ${apiKey}`, ...more.headers },
      ...(more.body !== undefined && { body: more.body }),
      signal,
      redirect: 'error',
    })
  }
  const must = async (method: string, path: string) => {
    const response = await ask(method, path)
    if (!response.ok)
      throw new Error(`the clearinghouse answered ${response.status} to ${method} of ${path.split(/[?/]/)[2]}`)
    return response
  }

  return {
    account,

    /** Sends an interchange. The same number with the same bytes is taken once, however often it is sent. */
    async submit(interchangeNumber: number, bytes: string): Promise<Sent> {
      const headers = { 'content-type': 'application/edi-x12', 'idempotency-key': numbered(interchangeNumber) }
      let response: Response
      try {
        response = await ask('POST', '/v1/submissions', { headers, body: bytes })
      } catch (error) {
        return neverLeft(error) ? 'not-sent' : 'unknown'
      }
      if (response.ok) return 'accepted'
      if (response.status === 400 || response.status === 422) return 'refused'
      return [401, 403, 429].includes(response.status) ? 'not-sent' : 'unknown'
    },

    /** Whether an interchange has arrived. */
    async has(interchangeNumber: number): Promise<boolean> {
      const response = await must('GET', `/v1/submissions?controlNumber=${numbered(interchangeNumber)}`)
      return Submissions.parse(await response.json()).items.length > 0
    },

    /** What has come for us and was not acknowledged, oldest first. */
    async inbound(limit: number) {
      return Inbound.parse(await (await must('GET', `/v1/inbound?limit=${limit}`)).json()).items
    },
    read: async (fileId: string): Promise<string> =>
      (await must('GET', `/v1/inbound/${encodeURIComponent(fileId)}`)).text(),

    /** Only after what the file says is durable here. */
    async acknowledge(fileId: string): Promise<void> {
      await must('POST', `/v1/inbound/${encodeURIComponent(fileId)}/acknowledgement`)
    },
  }
}

const account = async (): Promise<Account> => Account.parse(JSON.parse(await secret('clearinghouse')))

const numbered = (interchangeNumber: number): string => String(interchangeNumber).padStart(9, '0')

/** A connection that was never made carried nothing. */
const neverLeft = (error: unknown): boolean => {
  const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(cause?.code ?? '')
}
