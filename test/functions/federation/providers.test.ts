import { describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { call, freshAddress } from '../../harness/index.ts'
import { configure } from './fixture.ts'

const oidc = {
  kind: 'oidc',
  issuer: 'https://accounts.google.com',
  clientId: 'a',
  clientSecret: 'b',
  scopes: ['openid'],
}

/** The list, as it is long after the last one was asked for: a secret is kept for five minutes. */
let hours = 0
async function listed(configuration: unknown, practice = 'harbor') {
  await configure(configuration)
  hours++
  return at(plus(new Date().toJSON(), hours * 3_600_000), () =>
    call('federation.providers', { sourceIp: freshAddress(), query: { practice } }),
  )
}

describe('GET /federation/providers', () => {
  it('200 with what a button needs and nothing else', async () => {
    const { status, body } = await listed({ google: { ...oidc, name: 'Google' }, other: oidc })
    expect(status).toBe(200)
    expect(body).toEqual({
      items: [
        { provider: 'google', name: 'Google' },
        { provider: 'other', name: 'other' },
      ],
    })
  })

  it('200 with the providers of the practice alone', async () => {
    const configuration = { all: oidc, some: { ...oidc, practices: ['harbor'] } }
    expect((await listed(configuration)).body.items).toHaveLength(2)
    expect(
      (await listed(configuration, 'elsewhere')).body.items.map(({ provider }: { provider: string }) => provider),
    ).toEqual(['all'])
  })

  it('200 with none while the secret is what the deploy made up', async () => {
    expect((await listed('0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0u')).body).toEqual({ items: [] })
    expect((await listed({})).body).toEqual({ items: [] })
  })

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['another kind', { google: { ...oidc, kind: 'saml' } }],
    ['a field too many', { google: { ...oidc, secret: 'b' } }],
    ['no client secret', { google: { ...oidc, clientSecret: undefined } }],
    ['plain HTTP', { google: { ...oidc, issuer: 'http://accounts.google.com' } }],
    [
      'plain HTTP to this machine that it does not say it means',
      { google: { ...oidc, issuer: 'http://127.0.0.1:9001' } },
    ],
    [
      'plain HTTP to another machine that it says is this one',
      { google: { ...oidc, issuer: 'http://10.0.0.1', loopback: true } },
    ],
    ['a user in the issuer', { google: { ...oidc, issuer: 'https://a@accounts.google.com' } }],
    ['a name that cannot stand in a path', { '../google': oidc }],
  ])('500 for a secret with %s: what is wrong is seen, and shows nothing', async (_, configuration) => {
    const { status, body } = await listed(configuration)
    expect([status, body.code]).toEqual([500, 'internal-error'])
    expect(JSON.stringify(body)).not.toContain('google')
  })
})
