import { Duration } from 'aws-cdk-lib'
import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'
import { everywhere, page } from '../../shared/kernel/securityHeaders.ts'

/** Headers that CloudFront sets by fields of their own; it takes the others as they are. */
const bySettings = [
  'strict-transport-security',
  'x-content-type-options',
  'content-security-policy',
  'referrer-policy',
  'x-frame-options',
]

/** The headers of the portal's pages, whatever the bucket says. */
export const pageHeaders = (scope: Construct, stage: string): ResponseHeadersPolicy =>
  new ResponseHeadersPolicy(scope, 'PageHeaders', {
    responseHeadersPolicyName: `haven-${stage}-pages`,
    securityHeadersBehavior: {
      ...transport,
      contentSecurityPolicy: { contentSecurityPolicy: page['content-security-policy'], override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(page)
        .filter(([header]) => !bySettings.includes(header))
        .map(([header, value]) => ({ header, value, override: true })),
    },
    removeHeaders: ['Server', 'x-amz-server-side-encryption', 'x-amz-server-side-encryption-aws-kms-key-id'],
  })

/** Functions say theirs themselves. This is for the answers that come from before them: the API's own, and the edge's. */
export const apiHeaders = (scope: Construct, stage: string): ResponseHeadersPolicy =>
  new ResponseHeadersPolicy(scope, 'ApiHeaders', {
    responseHeadersPolicyName: `haven-${stage}-api`,
    securityHeadersBehavior: transport,
    removeHeaders: ['Server'],
  })

const [, maxAge = '0'] = /max-age=(\d+)/.exec(everywhere['strict-transport-security']) ?? []
const transport = {
  strictTransportSecurity: {
    accessControlMaxAge: Duration.seconds(Number(maxAge)),
    includeSubdomains: everywhere['strict-transport-security'].includes('includeSubDomains'),
    preload: everywhere['strict-transport-security'].includes('preload'),
    override: true,
  },
  contentTypeOptions: { override: true },
}
