import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * CloudFront, as far as a distribution's configuration is read and changed: it takes a change only from whoever has read the last one,
 * and none that is not signed. What it shows to the API is in the configuration and nowhere else.
 */
export async function cloudFront(shown: string) {
  const id = `E${randomUUID().replaceAll('-', '').slice(0, 13).toUpperCase()}`
  let config = configOf(shown)
  let etag = randomUUID()
  /** How the next changes end: refused before they are made, or made without an answer that says so. */
  const faults: ('refuse' | 'lose the answer' | 'change before')[] = []
  const changes: string[] = []
  const server = createServer((asked, answer) => {
    const chunks: Buffer[] = []
    asked.on('data', chunk => chunks.push(chunk as Buffer))
    asked.on('end', () => {
      const refuse = (status: number, code: string) =>
        answer
          .writeHead(status, { 'content-type': 'text/xml' })
          .end(`<ErrorResponse><Code>${code}</Code></ErrorResponse>`)
      const { authorization = '', 'if-match': match } = asked.headers
      if (!/^AWS4-HMAC-SHA256 .*\/us-east-1\/cloudfront\/aws4_request/.test(authorization))
        return refuse(403, 'AccessDenied')
      if (asked.url !== `/2020-05-31/distribution/${id}/config`) return refuse(404, 'NoSuchDistribution')
      if (asked.method === 'GET') return answer.writeHead(200, { etag, 'content-type': 'text/xml' }).end(config)
      const fault = faults.shift()
      if (fault === 'change before') etag = randomUUID()
      if (fault === 'refuse') return refuse(400, 'IllegalUpdate')
      if (match !== etag) return refuse(412, 'PreconditionFailed')
      config = Buffer.concat(chunks).toString()
      etag = randomUUID()
      changes.push(config)
      if (fault === 'lose the answer') return answer.destroy()
      return answer.writeHead(200, { etag, 'content-type': 'text/xml' }).end(config)
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return {
    id,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    changes,
    shown: () => /<HeaderValue>([^<]*)<\/HeaderValue>/.exec(config)?.[1] ?? '',
    config: () => config,
    stop: () => new Promise(done => server.close(done)),
  }
}

/** A configuration with what a client of today may not know, before and behind the header. */
const configOf = (secret: string) => `<?xml version="1.0" encoding="UTF-8"?>
<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><CallerReference>one</CallerReference>
<Origins><Quantity>2</Quantity><Items><Origin><Id>site</Id><CustomHeaders><Quantity>0</Quantity></CustomHeaders></Origin>
<Origin><Id>api</Id><DomainName>api.portal.example</DomainName><CustomHeaders><Quantity>1</Quantity><Items><OriginCustomHeader>
<HeaderName>x-origin-verify</HeaderName><HeaderValue>${secret}</HeaderValue></OriginCustomHeader></Items></CustomHeaders>
<CustomOriginConfig><OriginMtlsConfig><ClientCertificateArn>arn:aws:acm:us-east-1:000000000000:certificate/one</ClientCertificateArn></OriginMtlsConfig>
</CustomOriginConfig></Origin></Items></Origins><Invented>of a later year</Invented><Enabled>true</Enabled></DistributionConfig>`
