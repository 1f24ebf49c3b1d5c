import { App } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { configurationOf, stagesOf } from '../../stacks/configuration.ts'

const read = (context: Record<string, unknown>) => configurationOf(new App({ context }).node)

const named = {
  origin: 'https://portal.practice.org',
  mailFrom: 'no-reply@practice.org',
  zoneId: 'Z0123456789ABC',
  zoneName: 'practice.org',
  originCertificate: 'arn:aws:acm:us-east-1:123456789012:certificate/0f1e2d3c-0000-4000-8000-000000000000',
  originTruststore: 's3://practice-trust/edge/ca.pem',
}
const without = (field: keyof typeof named) =>
  Object.fromEntries(Object.entries(named).filter(([name]) => name !== field))

describe('the configuration', () => {
  it('needs a stage, and has defaults for the rest', () => {
    const defaults = { region: 'us-east-1', logDays: 365, origin: 'http://localhost:3000' }
    expect(read({ stage: 'dev' })).toMatchObject({ stage: 'dev', ...defaults })
    expect(read({ stage: 'staging', ...named })).toMatchObject({ stage: 'staging', ...named })
  })

  it('has what the file of its stage says, and the context over it', () => {
    expect(read({ stage: 'production', ...named })).toMatchObject({
      edge: 'cloudfront',
      traffic: 'canary',
      logDays: 731,
    })
    expect(read({ stage: 'staging', ...named })).toMatchObject({ edge: 'cloudfront', traffic: 'canary', logDays: 90 })
    expect(read({ stage: 'production', ...named, logDays: 365 }).logDays).toBe(365)
    expect(read({ stage: 'dev' })).toMatchObject({ edge: 'none', traffic: 'all-at-once' })
  })

  it('of a release is that of two stages, as their files say and no context', () => {
    const { node } = new App({ context: { stage: 'release', ...named, logDays: 30 } })
    expect(stagesOf(node)).toEqual(['staging', 'production'])
    expect(stagesOf(new App({ context: { stage: 'dev' } }).node)).toEqual(['dev'])
    // The files of this repository name no operator yet.
    expect(() => configurationOf(node, 'staging')).toThrow(/zoneId: /)
  })

  it('names all that an operator must say of a stage with people in it', () => {
    expect(() => read({ stage: 'production' })).toThrow(
      /^The configuration is wrong.*origin: .*mailFrom: .*zoneId: .*zoneName: .*originCertificate: .*originTruststore: /s,
    )
  })

  it('takes numbers as the command line gives them', () => {
    expect(read({ stage: 'dev', logDays: '30' }).logDays).toBe(30)
  })

  it('takes an origin and no more of an address', () => {
    expect(read({ stage: 'dev' }).origin).toBe('http://localhost:3000')
    expect(read({ stage: 'dev', origin: 'https://portal.example' }).origin).toBe('https://portal.example')
  })

  it.each([
    'http://portal.example',
    'https://portal.example/',
    'https://a@portal.example',
    'portal.example',
    'https://',
  ])('stops at the origin %s', origin => {
    expect(() => read({ stage: 'dev', origin })).toThrow(/origin: /)
  })

  it.each([
    ['stage', { stage: 'test' }],
    ['stage', {}],
    ['region', { stage: 'dev', region: 'eu-west-1' }],
    ['origin', { stage: 'dev', origin: 'http://portal.example' }],
    ['origin', { stage: 'dev', origin: 'https://portal.example/' }],
    ['alertEmail', { stage: 'dev', alertEmail: 'somebody' }],
    ['origin', { stage: 'dev', origin: 'http://portal.practice.org' }],
    ['origin', { stage: 'dev', origin: 'https://portal.practice.org/path' }],
    ['origin', { stage: 'production', ...without('origin') }],
    ['mailFrom', { stage: 'staging', ...without('mailFrom') }],
    ['zoneId', { stage: 'production', ...without('zoneId') }],
    ['zoneName', { stage: 'production', ...without('zoneName') }],
    ['originCertificate', { stage: 'production', ...without('originCertificate') }],
    ['originTruststore', { stage: 'production', ...without('originTruststore') }],
    ['edge', { stage: 'production', ...named, edge: 'none' }],
    ['region', { stage: 'production', ...named, region: 'us-west-2' }],
    ['origin', { stage: 'production', ...named, origin: 'https://portal.other.org' }],
    ['origin', { stage: 'production', ...named, origin: 'https://portal.notpractice.org' }],
    ['zoneId', { stage: 'dev', zoneId: 'practice.org' }],
    ['zoneName', { stage: 'dev', zoneName: 'https://practice.org' }],
    [
      'originCertificate',
      { stage: 'dev', originCertificate: named.originCertificate.replace('us-east-1', 'us-west-2') },
    ],
    ['originTruststore', { stage: 'dev', originTruststore: 'https://bucket/ca.pem' }],
    ['countries', { stage: 'dev', countries: 'USA' }],
    ['traffic', { stage: 'dev', traffic: 'linear' }],
    ['mailFrom', { stage: 'dev', mailFrom: 'nobody' }],
    ['smsFrom', { stage: 'dev', smsFrom: '*' }],
    ['breachRange', { stage: 'dev', breachRange: 'http://plain.example/range' }],
    ['edge', { stage: 'dev', edge: 'somewhere' }],
    ['logDays', { stage: 'dev', logDays: 31 }],
    ['logDays', { stage: 'dev', logDays: 'for ever' }],
  ])('stops at a wrong %s and names it', (field, context) => {
    expect(() => read(context)).toThrow(new RegExp(`configuration is wrong.*${field}: `, 's'))
  })

  it('names all that is wrong at once', () => {
    expect(() => read({ stage: 'test', region: 'mars' })).toThrow(/stage: .*region: /s)
  })
})
