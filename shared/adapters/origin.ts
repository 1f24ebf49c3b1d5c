import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { proofsOf, readEdgeSecret } from '../domain/edgeSecret.ts'
import { secret } from './secrets.ts'

/** Who is at the other end, past our own edge. */
export const origin = () => ({
  /**
   * The client's address: that of the connection, unless the edge proves itself by its secret; then the connection
   * is the edge's, and the client's address is what CloudFront says it is, which a client cannot write.
   */
  async clientAddress(headers: Record<string, string | undefined>, sourceIp: string): Promise<string> {
    const shown = headers['x-origin-verify']
    if (!shown) return sourceIp
    // All are compared, so that time does not tell which of them it was.
    const isEdge = proofsOf(readEdgeSecret(await secret('origin')))
      .map(each => same(shown, each))
      .includes(true)
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
