import { App } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { configurationOf } from '../../stacks/configuration.ts'

const read = (context: Record<string, unknown>) => configurationOf(new App({ context }).node)

const named = { origin: 'https://portal.practice.org', mailFrom: 'no-reply@practice.org' }

describe('the configuration', () => {
  it('needs a stage, and has defaults for the rest', () => {
    const defaults = { region: 'us-east-1', logDays: 365, origin: 'http://localhost:3000' }
    expect(read({ stage: 'dev' })).toMatchObject({ stage: 'dev', ...defaults })
    expect(read({ stage: 'staging', ...named })).toMatchObject({ stage: 'staging', ...named })
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
    ['origin', { stage: 'production', mailFrom: named.mailFrom }],
    ['mailFrom', { stage: 'staging', origin: named.origin }],
    ['mailFrom', { stage: 'dev', mailFrom: 'nobody' }],
    ['smsFrom', { stage: 'dev', smsFrom: '*' }],
    ['breachRange', { stage: 'dev', breachRange: 'http://plain.example/range' }],
    ['logDays', { stage: 'dev', logDays: 31 }],
    ['logDays', { stage: 'dev', logDays: 'for ever' }],
  ])('stops at a wrong %s and names it', (field, context) => {
    expect(() => read(context)).toThrow(new RegExp(`configuration is wrong.*${field}: `, 's'))
  })

  it('names all that is wrong at once', () => {
    expect(() => read({ stage: 'test', region: 'mars' })).toThrow(/stage: .*region: /s)
  })
})
