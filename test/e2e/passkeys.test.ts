import { generateSync } from 'otplib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demo } from '../../local/seed.ts'
import type { Role } from '../../shared/schema/identity.ts'
import { type Algorithm, Authenticator } from '../harness/authenticator.ts'
import { askFrom, isMissing, launch, needs, plainPage } from './browser.ts'
import { dataFolder, Stack } from './stack.ts'

const { data, remove } = dataFolder()
let stack: Stack

beforeAll(async () => {
  stack = await Stack.start(data)
})
afterAll(async () => {
  await stack?.stop()
  remove()
})

const credentials = (role: Role) => ({
  practice: demo.slug,
  email: `${role}@${demo.slug}.example`,
  password: demo.password,
})

describe('a passkey in a real browser', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    if (isMissing) return
    browser = await launch()
    page = await browser.newPage()
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    await page.goto(`${stack.url}${plainPage}`)
  })
  afterAll(async () => {
    await browser?.close()
  })

  const ask = (method: string, path: string, more?: { body?: unknown; csrf?: string }) =>
    askFrom(page, method, path, more)

  /** `navigator.credentials`, with options and answer as WebAuthn's own JSON. */
  const authenticate = (kind: 'create' | 'get', publicKey: unknown) =>
    page.evaluate(`(async () => {
      const parse = PublicKeyCredential.parse${kind === 'create' ? 'Creation' : 'Request'}OptionsFromJSON
      const credential = await navigator.credentials.${kind}({ publicKey: parse(${JSON.stringify(publicKey)}) })
      return credential.toJSON()
    })()`)

  it.skipIf(isMissing)(
    `registers, signs out, and signs in with nothing else ${needs}`,
    async () => {
      const first = await ask('POST', '/auth/login', { body: credentials('practitioner') })
      expect([first.status, first.body.next]).toEqual([200, 'mfa-verify'])
      const code = generateSync({ secret: demo.totpSecret })
      const second = await ask('POST', '/mfa/verify', { body: { code }, csrf: first.body.csrf })
      expect([second.status, second.body.aal]).toEqual([200, 'aal2'])
      // The cookie is Secure, and Chromium takes it: localhost is a secure context.
      const [cookie, ...others] = await page.context().cookies()
      expect(others).toEqual([])
      expect(cookie).toMatchObject({ name: '__Host-sid', secure: true, httpOnly: true, sameSite: 'Strict' })

      const { csrf } = second.body
      const options = await ask('POST', '/passkeys/registration/options', { csrf })
      expect([options.status, options.body.publicKey?.rp]).toEqual([200, { id: 'localhost', name: 'Haven' }])
      const created = await authenticate('create', options.body.publicKey)
      const body = { ticketId: options.body.ticketId, label: 'This browser', credential: created }
      const registered = await ask('POST', '/passkeys', { body, csrf })
      expect([registered.status, registered.body.errors]).toEqual([201, undefined])
      expect(registered.body.passkey).toMatchObject({ label: 'This browser', transports: ['internal'] })

      const out = await ask('POST', '/auth/logout', { csrf: registered.body.session.csrf })
      expect(out.status).toBe(204)
      expect((await ask('GET', '/sessions/current')).status).toBe(401)

      const asked = await ask('POST', '/passkeys/login/options')
      const signed = await authenticate('get', asked.body.publicKey)
      const answer = { ticketId: asked.body.ticketId, credential: signed }
      const opened = await ask('POST', '/passkeys/login', { body: answer })
      expect([opened.status, opened.body.errors]).toEqual([200, undefined])
      expect(opened.body).toMatchObject({ role: 'practitioner', aal: 'aal2', amr: ['hwk'], next: 'none' })
      const current = await ask('GET', '/sessions/current')
      expect([current.status, current.body.sessionId]).toEqual([200, opened.body.sessionId])
      expect((await ask('GET', '/passkeys')).body.items).toMatchObject([{ label: 'This browser' }])
      expect((await ask('POST', '/passkeys/login', { body: answer })).status).toBe(401)

      const again = await ask('POST', '/passkeys/assertion/options', { csrf: opened.body.csrf })
      const shown = { ticketId: again.body.ticketId, credential: await authenticate('get', again.body.publicKey) }
      const fresh = await ask('POST', '/passkeys/assertion', { body: shown, csrf: opened.body.csrf })
      expect([fresh.status, fresh.body.errors]).toEqual([200, undefined])
    },
    120_000,
  )
})

describe('a passkey at the bundled functions', () => {
  let cookie = ''
  let csrf = ''
  /** What a bundle holds in place of the certificates' readers is in no other test. */
  const ask = async (path: string, body?: unknown) => {
    const response = await fetch(`${stack.url}/api/v1${path}`, {
      method: 'POST',
      headers: { cookie, 'x-csrf': csrf, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const [set] = response.headers.getSetCookie()
    // biome-ignore lint/suspicious/noExplicitAny: replies have many shapes
    const answer: any = await response.json()
    cookie = set?.split(';')[0] ?? cookie
    csrf = answer.csrf ?? answer.session?.csrf ?? csrf
    return { status: response.status, body: answer }
  }

  it.each<[string, Algorithm]>([
    ['EdDSA', -8],
    ['ES256', -7],
    ['RS256', -257],
  ])(
    'registers and signs in with %s, and refuses a wrong signature',
    async (_, algorithm) => {
      if (!cookie) {
        await ask('/auth/login', credentials('biller'))
        expect((await ask('/mfa/verify', { code: generateSync({ secret: demo.totpSecret }) })).status).toBe(200)
      }
      const { url: origin } = stack
      const authenticator = new Authenticator({ algorithm })
      const { body: options } = await ask('/passkeys/registration/options')
      const credential = authenticator.create(options, { origin, selfAttested: algorithm === -7 })
      const registered = await ask('/passkeys', { ticketId: options.ticketId, label: 'Key', credential })
      expect([registered.status, registered.body.code]).toEqual([201, undefined])

      const signIn = async (signer = authenticator.credential) => {
        const { body: asked } = await ask('/passkeys/login/options')
        return ask('/passkeys/login', {
          ticketId: asked.ticketId,
          credential: authenticator.get(asked, { origin, signer }),
        })
      }
      const stranger = new Authenticator({ algorithm })
      stranger.create(options)
      expect((await signIn(stranger.credential)).status).toBe(401)
      expect(await signIn()).toMatchObject({ status: 200, body: { role: 'biller', aal: 'aal2' } })
    },
    60_000,
  )

  it('401 for a maker’s attestation, whose reader is not there', async () => {
    const { url: origin } = stack
    const { body: options } = await ask('/passkeys/registration/options')
    const statement = new Map<string, number | Buffer>([
      ['alg', -7],
      ['sig', Buffer.alloc(70)],
      ['x5c', Buffer.alloc(70)],
    ])
    const credential = new Authenticator().create(options, { origin, format: 'packed', statement })
    const { status, body } = await ask('/passkeys', { ticketId: options.ticketId, label: 'Key', credential })
    expect([status, body.code]).toEqual([401, 'passkey-refused'])
  })
})
