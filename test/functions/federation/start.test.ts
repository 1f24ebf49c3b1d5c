import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answer, type Listening, listen } from '../../harness/federation/listen.ts'
import { call, freshAddress, itemsLike, newPractice, recordsOf, type TestPractice } from '../../harness/index.ts'
import { newBrowser, ownProviders, redirectUri } from './fixture.ts'

describe('POST /federation/flows', () => {
  let practice: TestPractice
  let providers: Awaited<ReturnType<typeof ownProviders>>
  beforeAll(async () => {
    rogue = await listen(url => (request, response) => {
      asked.push(request.url ?? '')
      const [, path = ''] = /^(\/[a-z-]+)\/\.well-known/.exec(request.url ?? '') ?? []
      answer(response, 200, { ...rogueMetadata(url + path), ...lies[path.slice(1)] })
    })
    providers = await ownProviders({
      ...Object.fromEntries(Object.keys(lies).map(lie => [lie, { ...rogueClient, issuer: `${rogue.url}/${lie}` }])),
      google: {
        kind: 'oidc',
        issuer: 'http://127.0.0.1:1',
        clientId: 'a',
        clientSecret: 'b',
        scopes: ['openid'],
        practices: ['another'],
        loopback: true,
      },
      down: {
        kind: 'oidc',
        issuer: 'http://127.0.0.1:1',
        clientId: 'a',
        clientSecret: 'b',
        scopes: ['openid'],
        loopback: true,
      },
    })
    practice = await newPractice()
  })
  afterAll(() => rogue.stop())

  let rogue: Listening
  const asked: string[] = []
  const rogueClient = { kind: 'oidc', clientId: 'a', clientSecret: 'b', scopes: ['openid'], loopback: true }
  const rogueMetadata = (issuer: string) => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
  })
  /** What metadata may say that is not so. */
  const lies: Record<string, object> = {
    'sends-away': { authorization_endpoint: 'https://evil.example/authorize' },
    'sends-in': { authorization_endpoint: 'http://169.254.169.254/latest' },
    'sends-script': { authorization_endpoint: 'javascript:alert(1)' },
    'is-another': { issuer: 'https://accounts.google.com' },
  }

  const start = (provider: string, more: object = {}) =>
    call('federation.start', {
      sourceIp: freshAddress(),
      body: { practice: practice.practice.slug, provider, ...more },
    })

  it('200 with the address at which the provider asks, and a cookie that binds what comes back', async () => {
    const answer = await start('harbor-id')
    expect(answer.status).toBe(200)
    const url = new URL(answer.body.authorizationUrl)
    expect(url.origin).toBe(providers.harbor.issuer)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'haven',
      response_type: 'code',
      redirect_uri: redirectUri('harbor-id'),
      scope: 'openid email',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(answer.cookies).toEqual([
      expect.stringMatching(/^__Host-oauth=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/),
    ])
    expect(await recordsOf('platform', answer)).toEqual([
      expect.objectContaining({
        name: 'federation.start',
        outcome: 'success',
        actor: { type: 'anonymous', id: 'anonymous' },
        entity: { type: 'Flow', id: 'harbor-id' },
      }),
    ])
  })

  it('200 with a cookie that a form of Apple’s brings along', async () => {
    const { body, cookies } = await start('apple')
    expect(new URL(body.authorizationUrl).searchParams.get('response_mode')).toBe('form_post')
    expect(cookies[0]).toMatch(/; Path=\/; Secure; HttpOnly; SameSite=None; Max-Age=600$/)
  })

  it('200 without a nonce for Facebook, whose answer could not hold it', async () => {
    const { body } = await start('facebook')
    const { pathname, searchParams } = new URL(body.authorizationUrl)
    expect(pathname).toMatch(/^\/v\d+\.0\/dialog\/oauth$/)
    expect([searchParams.has('nonce'), searchParams.has('code_challenge'), searchParams.has('state')]).toEqual([
      false,
      true,
      true,
    ])
  })

  it('keeps neither secret nor state, nonce or verifier', async () => {
    const browser = newBrowser()
    const { searchParams } = new URL(await browser.start(practice.practice.slug, 'harbor-id'))
    const secret = browser.jar.get('__Host-oauth') ?? ''
    const flows = await itemsLike('FLOW#')
    const hash = createHash('sha256').update(secret).digest('base64url')
    expect(flows.find(({ pk }) => pk === `FLOW#${hash}`)).toMatchObject({ provider: 'harbor-id', returnTo: '/' })
    const kept = JSON.stringify(flows)
    const names = ['state', 'nonce', 'code_challenge']
    for (const word of [secret, ...names.map(name => searchParams.get(name) ?? '')]) expect(kept).not.toContain(word)
  })

  it('makes another secret, state, nonce and challenge each time', async () => {
    const urls = await Promise.all(Array.from({ length: 20 }, () => start('harbor-id')))
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const values = urls.map(({ body }) => new URL(body.authorizationUrl).searchParams.get(name))
      expect(new Set(values).size).toBe(20)
    }
  })

  it('200 for a practice that is none, as for one that is', async () => {
    const known = await start('harbor-id')
    const unknown = await start('harbor-id', { practice: 'no-such-practice' })
    expect(Object.keys(unknown.body)).toEqual(Object.keys(known.body))
    expect([unknown.status, unknown.cookies.length]).toEqual([known.status, 1])
  })

  it.each(['nobody', 'google'])('404 for a provider that the practice does not have: %s', async provider => {
    const { status, body, cookies } = await start(provider)
    expect([status, body.code, cookies]).toEqual([404, 'provider-not-found', []])
  })

  it.each(['sends-away', 'sends-in', 'sends-script', 'is-another'])(
    '5xx for a provider whose metadata are not its own, and sends nobody anywhere: %s',
    async provider => {
      const answer = await start(provider)
      expect([500, 503]).toContain(answer.status)
      expect([answer.cookies, JSON.stringify(answer).includes('evil')]).toEqual([[], false])
      expect(asked.filter(url => !url.endsWith('/.well-known/openid-configuration'))).toEqual([])
    },
  )

  it('503 while the provider does not answer', async () => {
    const { status, body, cookies } = await start('down')
    expect([status, body.code, cookies]).toEqual([503, 'unavailable', []])
  })

  it.each([
    'https://evil.example',
    '//evil.example',
    '\\\\evil.example',
    '/\\evil.example',
    '/%2f%2fevil.example',
    '/appointments/../..//evil.example',
    '/appointments?next=//evil.example',
    '/appointments#@evil.example',
    ' /appointments',
    '/appointments\n',
    'javascript:alert(1)',
    'appointments',
    '',
    ['/', '//evil.example'],
  ])('400 for the return path %j', async returnTo => {
    const { status, body } = await start('harbor-id', { returnTo })
    expect([status, body.errors[0].path]).toEqual([400, 'body.returnTo'])
    expect(JSON.stringify(body)).not.toContain('evil')
  })
})
