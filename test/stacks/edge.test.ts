import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { catalogue, isAction } from '../../functions/catalogue.ts'
import { splitRoute } from '../../shared/kernel/route.ts'
import { everywhere, page } from '../../shared/kernel/securityHeaders.ts'
import { pathOf } from './cloud.ts'
import { production } from './production.ts'

const { ofType, only, nameOf } = production
type Json = Record<string, unknown>
const distribution = only('AWS::CloudFront::Distribution')
const config = distribution.properties.DistributionConfig as Json
const name = (value: unknown) => nameOf(value, 'Edge')
const [apiBehavior] = config.CacheBehaviors as Json[]
const pages = config.DefaultCacheBehavior as Json
const policyOf = (behavior: Json | undefined) =>
  ofType('AWS::CloudFront::ResponseHeadersPolicy').find(
    each => name(behavior?.ResponseHeadersPolicyId) === pathOf(each),
  )?.properties.ResponseHeadersPolicyConfig as Json

/** The headers that a policy of the edge sets, each as it will be sent. */
function sentBy({ SecurityHeadersConfig = {}, CustomHeadersConfig }: Json): Record<string, string> {
  const security = SecurityHeadersConfig as Record<string, Json>
  const sent: Record<string, unknown> = {
    'strict-transport-security': hsts(security.StrictTransportSecurity),
    'x-content-type-options': security.ContentTypeOptions && 'nosniff',
    'content-security-policy': security.ContentSecurityPolicy?.ContentSecurityPolicy,
    'referrer-policy': security.ReferrerPolicy?.ReferrerPolicy,
    'x-frame-options': security.FrameOptions?.FrameOption,
  }
  const { Items = [] } = (CustomHeadersConfig ?? {}) as { Items?: { Header: string; Value: string }[] }
  for (const { Header, Value } of Items) sent[Header] = Value
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value)) as Record<string, string>
}
const hsts = (given: Json | undefined) =>
  given &&
  `max-age=${given.AccessControlMaxAgeSec}${given.IncludeSubdomains ? '; includeSubDomains' : ''}${given.Preload ? '; preload' : ''}`

describe('the edge', () => {
  it('speaks TLS 1.2 and newer, HTTP/2 and HTTP/3, under the portal’s name', () => {
    expect(config).toMatchObject({
      Aliases: ['portal.practice.example.org'],
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
      Restrictions: {
        GeoRestriction: { RestrictionType: 'whitelist', Locations: ['US', 'PR', 'GU', 'VI', 'AS', 'MP'] },
      },
    })
    const types = ofType('AWS::Route53::RecordSet').map(({ properties }) => [properties.Type, properties.Name])
    expect(types).toEqual(['A', 'AAAA'].map(type => [type, 'portal.practice.example.org.']))
  })

  it('leads pages from HTTP to HTTPS, and takes nothing for the API over HTTP', () => {
    expect(pages.ViewerProtocolPolicy).toBe('redirect-to-https')
    expect(apiBehavior).toMatchObject({ PathPattern: '/api/*', ViewerProtocolPolicy: 'https-only' })
  })

  it('keeps nothing of the API, and hands it the whole request with the client’s address', () => {
    // The managed policy CachingDisabled.
    expect(apiBehavior?.CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad')
    const [policy] = ofType('AWS::CloudFront::OriginRequestPolicy')
    expect(name(apiBehavior?.OriginRequestPolicyId)).toBe(pathOf(policy!))
    expect(policy?.properties.OriginRequestPolicyConfig).toMatchObject({
      HeadersConfig: { HeaderBehavior: 'allViewerAndWhitelistCloudFront', Headers: ['CloudFront-Viewer-Address'] },
      CookiesConfig: { CookieBehavior: 'all' },
      QueryStringsConfig: { QueryStringBehavior: 'all' },
    })
    expect(apiBehavior?.AllowedMethods).toEqual(
      expect.arrayContaining(['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE']),
    )
  })

  it('proves itself to the API by its certificate and by the secret of the day, which no template holds', () => {
    const origins = config.Origins as Json[]
    const api = origins.find(({ Id }) => Id === apiBehavior?.TargetOriginId)
    const [domain] = ofType('AWS::ApiGatewayV2::DomainName')
    expect(name(api?.DomainName)).toBe(`${pathOf(domain!)}.RegionalDomainName`)
    expect(api?.CustomOriginConfig).toMatchObject({
      OriginProtocolPolicy: 'https-only',
      OriginSSLProtocols: ['TLSv1.2'],
      OriginMtlsConfig: { ClientCertificateArn: expect.stringContaining(':certificate/') },
    })
    expect(api?.OriginCustomHeaders).toEqual([
      {
        HeaderName: 'x-origin-verify',
        HeaderValue: '{{resolve:secretsmanager:haven/production/origin:SecretString:current::}}',
      },
    ])
    expect(origins.filter(({ CustomOriginConfig }) => CustomOriginConfig)).toHaveLength(1)
  })

  it('reads the portal from a bucket that nobody else reads', () => {
    const site = (config.Origins as Json[]).find(({ Id }) => Id === pages.TargetOriginId)
    expect(site?.OriginAccessControlId).toBeDefined()
    expect(ofType('AWS::CloudFront::OriginAccessControl')[0]?.properties.OriginAccessControlConfig).toMatchObject({
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    })
    const [policy] = ofType('AWS::S3::BucketPolicy', 'Edge')
    const allowed = production
      .statementsOf(policy?.properties.PolicyDocument, 'Edge')
      .filter(each => each.effect === 'Allow')
    expect(allowed).toMatchObject([{ actions: ['s3:GetObject'], principal: { Service: 'cloudfront.amazonaws.com' } }])
    expect(JSON.stringify(allowed[0]?.condition)).toContain(distribution.id)
  })

  it('says of a page what `securityHeaders.ts` says, and of everything what that says of everything', () => {
    expect(sentBy(policyOf(pages))).toEqual(page)
    expect(sentBy(policyOf(apiBehavior))).toEqual(everywhere)
  })

  it('logs no path, query or cookie', () => {
    const [delivery] = ofType('AWS::Logs::Delivery')
    const fields = delivery?.properties.RecordFields as string[]
    expect(fields).toContain('sc-status')
    expect(fields.filter(field => /uri|query|cookie|referer|user-agent|host/i.test(field))).toEqual([])
  })
})

describe('a page of the portal', () => {
  const code = readFileSync(resolve('stacks', 'edge', 'pages.js'), 'utf8')
  const asked = (uri: string) => runInNewContext(`${code}; handler({ request: { uri: ${JSON.stringify(uri)} } }).uri`)

  it.each(['/', '/sign-in', '/patients/pat_1/notes', '/v1.2/settings'])('%s is the one document', uri => {
    expect(asked(uri)).toBe('/index.html')
  })

  it.each(['/assets/app-1a2b.js', '/favicon.ico', '/index.html'])('%s is itself', uri => {
    expect(asked(uri)).toBe(uri)
  })
})

describe('the firewall', async () => {
  const acl = only('AWS::WAFv2::WebACL')
  const rules = acl.properties.Rules as (Json & { Name: string; Statement: Record<string, Json> })[]
  const rule = (wanted: string) => rules.find(({ Name }) => Name === wanted)
  const entries = (await catalogue()).filter(isAction)
  const patterns = (only('AWS::WAFv2::RegexPatternSet').properties.RegularExpressionList as string[]).map(
    pattern => new RegExp(pattern),
  )
  const atCredentials = (path: string) => patterns.some(pattern => pattern.test(path))

  it('turns away what is known, in this order', () => {
    expect(acl.properties).toMatchObject({ Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} } })
    expect(rules.map(({ Name, Priority }) => [Priority, Name])).toEqual(
      [
        'AmazonIpReputationList',
        'AnonymousIpList',
        'CommonRuleSet',
        'KnownBadInputsRuleSet',
        'RequestsOfAddress',
        'TriesOfAddress',
        'HiddenAtCredentials',
      ].map((each, index) => [index, each]),
    )
    for (const name of ['AmazonIpReputationList', 'CommonRuleSet', 'KnownBadInputsRuleSet']) {
      expect(rule(name)?.OverrideAction, name).toEqual({ None: {} })
    }
  })

  it.each(entries.map(entry => [entry.declaration.route, entry.declaration] as const))(
    'knows whether somebody shows a credential at %s',
    (_, declaration) => {
      const { path } = splitRoute(declaration.route)
      const samePath = entries.filter(each => splitRoute(each.declaration.route).path === path)
      const expected = samePath.some(each => each.declaration.limit === 'credential')
      expect(atCredentials(path.replace(/\{\w+\}/g, 'x_1'))).toBe(expected)
    },
  )

  it('has patterns that the service takes: ten at most, and no longer than 200 characters', () => {
    expect(patterns.length).toBeGreaterThan(0)
    expect(patterns.length).toBeLessThanOrEqual(10)
    for (const { source } of patterns) expect(source.length).toBeLessThanOrEqual(200)
  })

  it('counts tries at a credential by themselves, and answers as the pipeline does', () => {
    const tries = rule('TriesOfAddress')
    const { RateBasedStatement } = tries!.Statement as { RateBasedStatement: Json }
    expect(RateBasedStatement).toMatchObject({ Limit: 300, AggregateKeyType: 'IP', EvaluationWindowSec: 300 })
    expect(JSON.stringify(RateBasedStatement.ScopeDownStatement)).toContain('RegexPatternSetReferenceStatement')
    expect(rule('RequestsOfAddress')?.Statement.RateBasedStatement).toMatchObject({ Limit: 10_000 })
    expect(tries?.Action).toMatchObject({
      Block: { CustomResponse: { ResponseCode: 429, CustomResponseBodyKey: 'limited' } },
    })
    const { limited } = acl.properties.CustomResponseBodies as Record<string, { Content: string }>
    expect(JSON.parse(limited?.Content ?? '')).toMatchObject({ type: 'urn:problem:rate-limited', status: 429 })
  })

  it('lets a browser show itself, silently, where an address hides', () => {
    expect(rule('HiddenAtCredentials')?.Action).toEqual({ Challenge: {} })
    expect(rule('AnonymousIpList')?.OverrideAction).toEqual({ Count: {} })
  })

  it('logs what it did not let pass, without what lets somebody in and without ids', () => {
    const logging = only('AWS::WAFv2::LoggingConfiguration').properties
    const redacted = JSON.stringify(logging.RedactedFields).toLowerCase()
    for (const secret of ['authorization', 'cookie', 'x-csrf', 'referer', 'uripath', 'querystring']) {
      expect(redacted).toContain(secret)
    }
    const [group] = ofType('AWS::Logs::LogGroup', 'Edge').filter(({ properties }) =>
      String(properties.LogGroupName).startsWith('aws-waf-logs-'),
    )
    expect(JSON.stringify(logging.LogDestinationConfigs)).toContain(group?.id)
    for (const { VisibilityConfig } of [acl.properties as Json, ...rules]) {
      expect(VisibilityConfig).toMatchObject({ SampledRequestsEnabled: false, CloudWatchMetricsEnabled: true })
    }
  })
})
