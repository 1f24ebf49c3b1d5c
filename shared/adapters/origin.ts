import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import * as z from 'zod'
import { secret } from './secrets.ts'

/** What the edge shows of itself. The one before still counts: while it changes, some edges have the new and some the old. */
const OriginSecret = z.object({ current: z.string().min(32), previous: z.string() })

/** Who is at the other end, past our own edge. */
export const origin = () => ({
  /**
   * The client's address: that of the connection, unless the edge proves itself by the secret of the day; then the connection
   * is the edge's, and the client's address is what CloudFront says it is, which a client cannot write.
   */
  async clientAddress(headers: Record<string, string | undefined>, sourceIp: string): Promise<string> {
    const shown = headers['x-origin-verify']
    if (!shown) return sourceIp
    const { current, previous } = OriginSecret.parse(JSON.parse(await secret('origin')))
    // Both are compared, so that time does not tell which of them it was.
    const isEdge = [current, previous].map(each => each !== '' && same(shown, each)).includes(true)
    return (isEdge && viewerOf(headers['cloudfront-viewer-address'])) || sourceIp
  },
})

/** `198.51.100.10:46532` without its port; the address of IPv6 stands there without brackets. */
function viewerOf(header = ''): string | undefined {
  const address = header.slice(0, header.lastIndexOf(':'))
  return isIP(address) ? address : undefined
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const same = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))
