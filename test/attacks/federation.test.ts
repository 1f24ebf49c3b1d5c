import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demo } from '../../local/seed.ts'
import { type Reply, startFederated } from '../harness/federation/deployed.ts'

// A system of its own: the one that the other attacks share knows no identity providers.
let system: Awaited<ReturnType<typeof startFederated>>
type Browser = ReturnType<typeof system.browser>

const refused = '401 federation-refused'
const code = ({ status, body }: Reply): string => `${status} ${body?.code ?? ''}`.trim()
const query = (said: Record<string, string>) => `/federation/callbacks/harbor-id?${new URLSearchParams(said)}`

/** A browser that has begun a sign-in, and what the provider says to it about an account. */
async function begun(account = 'ines') {
  const browser = system.browser()
  const url: string = (await start(browser, 'harbor-id')).body.authorizationUrl
  return { browser, url, said: await system.harbor.signIn(url, account) }
}
const start = (browser: Browser, provider: string, returnTo?: string) =>
  browser.ask('POST', '/federation/flows', { practice: demo.slug, provider, ...(returnTo && { returnTo }) })

/** A patient with a session and both factors. */
async function signedIn(): Promise<Browser> {
  const browser = system.browser()
  const email = `patient@${demo.slug}.example`
  await browser.ask('POST', '/auth/login', { practice: demo.slug, email, password: demo.password })
  const { body } = await browser.ask('POST', '/mfa/verify', { code: generateSync({ secret: demo.totpSecret }) })
  expect(body.aal).toBe('aal2')
  return browser
}

beforeAll(async () => {
  system = await startFederated()
  const patient = await signedIn()
  for (const provider of ['harbor-id', 'apple']) {
    const { body } = await patient.ask('POST', '/federation/identities', { provider })
    const back =
      provider === 'apple'
        ? await patient.ask(
            'POST',
            '/federation/callbacks/apple',
            undefined,
            system.apple.signIn(body.authorizationUrl, '1'),
          )
        : await patient.ask('GET', query(await system.harbor.signIn(body.authorizationUrl, 'ines')))
    expect(back.status).toBe(303)
  }
})
afterAll(() => system?.stop())

describe('the answer of a provider', () => {
  it('opens one session, of twelve callbacks at one moment, and none afterwards', async () => {
    const { browser, said } = await begun()
    const flow = browser.jar.get('__Host-oauth') ?? ''
    const copies = Array.from({ length: 12 }, () => {
      const copy = system.browser()
      copy.jar.set('__Host-oauth', flow)
      return copy
    })
    const answers = await Promise.all(copies.map(copy => copy.ask('GET', query(said))))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status !== 303).map(code)).toEqual(Array(11).fill(refused))
    const late = system.browser()
    late.jar.set('__Host-oauth', flow)
    expect(code(await late.ask('GET', query(said)))).toBe(refused)
  })

  it('is worth nothing in another browser, with a flow of its own or with none (login CSRF)', async () => {
    const [attacker, victim] = [await begun(), await begun()]
    expect(code(await system.browser().ask('GET', query(attacker.said)))).toBe(refused)
    expect(code(await victim.browser.ask('GET', query(attacker.said)))).toBe(refused)
    expect(victim.browser.jar.has('__Host-sid')).toBe(false)
  })

  it.each<[string, (own: Record<string, string>, other: Record<string, string>) => Record<string, string>]>([
    ['without its state', ({ state: _, ...own }) => own],
    ['with the state of another flow', (own, { state = '' }) => ({ ...own, state })],
    ['with a state of which one letter is another', own => ({ ...own, state: `${own.state?.slice(0, -1)}~` })],
    // The code is good and ours; its ID token bears the nonce of the flow that it was given to (OIDC Core §15.5.2).
    ['with a code that was given to another flow', (own, { code = '' }) => ({ ...own, code })],
    ['from another issuer (RFC 9207)', own => ({ ...own, iss: 'https://evil.example' })],
    ['with a code and an error', own => ({ ...own, error: 'access_denied' })],
  ])('%s opens no session', async (_, change) => {
    const [own, other] = [await begun(), await begun()]
    expect(code(await own.browser.ask('GET', query(change(own.said, other.said))))).toMatch(
      /^(401 federation-refused|400 )/,
    )
    expect(own.browser.jar.has('__Host-sid')).toBe(false)
  })

  it('of one provider is not taken as that of another (mix-up)', async () => {
    const { browser, said } = await begun()
    expect(code(await browser.ask('POST', '/federation/callbacks/apple', undefined, said))).toMatch(/^40[01] /)
    const second = system.browser()
    const { body } = await start(second, 'apple')
    const form = system.apple.signIn(body.authorizationUrl, '1')
    expect(code(await second.ask('GET', query(form)))).toMatch(/^40[01] /)
    expect([browser, second].map(({ jar }) => jar.has('__Host-sid'))).toEqual([false, false])
  })

  it.each([
    ['is for another nonce', { claims: { nonce: 'x'.repeat(43) } }],
    ['has no nonce', { claims: { nonce: undefined } }],
    ['is from another issuer', { claims: { iss: 'https://evil.example' } }],
    ['is for another client', { claims: { aud: 'somebody-else' } }],
    ['is for several clients', { claims: { aud: ['example.portal.signin', 'somebody-else'] } }],
    ['has expired', { age: 3_600 }],
    ['is not signed', { signature: 'none' }],
    ['is signed by another', { signature: 'foreign' }],
    ['is an HMAC under the public key', { signature: 'mac' }],
    ['was changed', { signature: 'broken' }],
  ] as const)('with an ID token that %s opens no session', async (_, spoilt) => {
    const browser = system.browser()
    const { body } = await start(browser, 'apple')
    const form = system.apple.signIn(body.authorizationUrl, '1', spoilt as never)
    expect(code(await browser.ask('POST', '/federation/callbacks/apple', undefined, form))).toBe(refused)
    expect(browser.jar.has('__Host-sid')).toBe(false)
  })

  it('of an account that is linked opens a session: so what is refused above is refused for what it is', async () => {
    const browser = system.browser()
    const { body } = await start(browser, 'apple')
    const form = system.apple.signIn(body.authorizationUrl, '1')
    expect((await browser.ask('POST', '/federation/callbacks/apple', undefined, form)).status).toBe(303)
    expect((await browser.ask('GET', '/sessions/current')).body).toMatchObject({ amr: ['fed'], next: 'mfa-verify' })
  })
})

describe('somebody else’s account at a provider', () => {
  it('whose verified e-mail is a patient’s signs nobody in, and makes nobody (pre-hijacking)', async () => {
    const browser = system.browser()
    const { body } = await start(browser, 'apple')
    const claims = { email: `patient@${demo.slug}.example`, email_verified: true }
    const form = system.apple.signIn(body.authorizationUrl, 'mallory', { claims })
    expect(code(await browser.ask('POST', '/federation/callbacks/apple', undefined, form))).toBe(refused)
    const again = await begun('mallory')
    expect(code(await again.browser.ask('GET', query(again.said)))).toBe(refused)
  })

  it('is linked to nobody by a session that has shown no second factor, nor by a flow that another browser began', async () => {
    const weak = await begun()
    expect((await weak.browser.ask('GET', query(weak.said))).status).toBe(303)
    const asked = await weak.browser.ask('POST', '/federation/identities', { provider: 'apple' })
    expect(code(asked)).toMatch(/^403 /)

    // The attacker's flow to link, ended in the browser of somebody who is signed in.
    const victim = await begun()
    await victim.browser.ask('GET', query(victim.said))
    const attacker = await begun('mallory')
    expect(code(await victim.browser.ask('GET', query(attacker.said)))).toBe(refused)
    const again = await begun('mallory')
    expect(code(await again.browser.ask('GET', query(again.said)))).toBe(refused)
  })
})

describe('where a sign-in leads to', () => {
  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/a\r\nSet-Cookie: x=1',
  ])('is never %j', async returnTo => {
    const answer = await start(system.browser(), 'harbor-id', returnTo)
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, 'body.returnTo'])
  })
})
