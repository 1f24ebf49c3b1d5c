import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demo } from '../../local/seed.ts'
import { startFederated } from '../harness/federation/deployed.ts'
import { askFrom, isMissing, launch, needs, plainPage } from './browser.ts'

/** Federation over HTTP, in the bundles that are deployed, each with its own rights: a grant too few shows here. */
let system: Awaited<ReturnType<typeof startFederated>>
let browser: ReturnType<typeof system.browser>
const ask: typeof browser.ask = (...request) => browser.ask(...request)

beforeAll(async () => {
  system = await startFederated()
  browser = system.browser()
})
afterAll(() => system?.stop())

describe('a patient', () => {
  const code = () => generateSync({ secret: demo.totpSecret })

  it('finds the providers of the practice', async () => {
    const { body } = await ask('GET', `/federation/providers?practice=${demo.slug}`)
    expect(body.items).toEqual([
      { provider: 'harbor-id', name: 'Harbor ID' },
      { provider: 'apple', name: 'Apple' },
    ])
  })

  it('links an account at each, in a session with both factors', async () => {
    const email = `patient@${demo.slug}.example`
    await ask('POST', '/auth/login', { practice: demo.slug, email, password: demo.password })
    expect((await ask('POST', '/mfa/verify', { code: code() })).body.aal).toBe('aal2')

    const begun = await ask('POST', '/federation/identities', { provider: 'harbor-id' })
    const said = await system.harbor.signIn(begun.body.authorizationUrl, 'ines')
    const back = await ask('GET', `/federation/callbacks/harbor-id?${new URLSearchParams(said)}`)
    expect([back.status, back.location]).toEqual([303, `${system.origin}/account/security`])

    const other = await ask('POST', '/federation/identities', { provider: 'apple' })
    const form = system.apple.signIn(other.body.authorizationUrl, '001.ines')
    expect((await ask('POST', '/federation/callbacks/apple', undefined, form)).status).toBe(303)
    expect((await ask('GET', '/federation/identities')).body.items).toHaveLength(2)
  })

  it('unlinks one of them', async () => {
    const { body } = await ask('GET', '/federation/identities')
    const { identityId } = body.items.find(({ provider }: { provider: string }) => provider === 'apple')
    expect((await ask('DELETE', `/federation/identities/${identityId}`)).status).toBe(200)
  })

  it('signs in with the other, and owes the second factor still', async () => {
    browser.jar.clear()
    const begun = await ask('POST', '/federation/flows', { practice: demo.slug, provider: 'harbor-id', returnTo: '/' })
    const said = await system.harbor.signIn(begun.body.authorizationUrl, 'ines')
    const back = await ask('GET', `/federation/callbacks/harbor-id?${new URLSearchParams(said)}`)
    expect([back.status, back.location]).toEqual([303, `${system.origin}/`])
    expect((await ask('GET', '/sessions/current')).body).toMatchObject({ amr: ['fed'], next: 'mfa-verify' })
  })

  it('is refused with the one that was unlinked', async () => {
    browser.jar.clear()
    const begun = await ask('POST', '/federation/flows', { practice: demo.slug, provider: 'apple' })
    const form = system.apple.signIn(begun.body.authorizationUrl, '001.ines')
    const { status, body } = await ask('POST', '/federation/callbacks/apple', undefined, form)
    expect([status, body.code]).toEqual([401, 'federation-refused'])
  })
})

describe('the same patient in a real browser', () => {
  it.skipIf(isMissing)(`is sent to the provider and back into a session ${needs}`, async () => {
    const chromium = await launch()
    try {
      const page = await chromium.newPage()
      // The provider's pages are gone through as this account.
      await page.setExtraHTTPHeaders({ 'x-account': 'ines' })
      await page.goto(`${system.origin}${plainPage}`)
      const flow = { practice: demo.slug, provider: 'harbor-id', returnTo: '/appointments' }
      const begun = await askFrom(page, 'POST', '/federation/flows', { body: flow })
      expect(begun.status).toBe(200)
      await page.goto(begun.body.authorizationUrl)
      expect(page.url()).toBe(`${system.origin}/appointments`)
      await page.goto(`${system.origin}${plainPage}`)
      const cookies = await page.context().cookies(system.origin)
      expect(cookies).toEqual([
        expect.objectContaining({ name: '__Host-sid', secure: true, httpOnly: true, sameSite: 'Strict' }),
      ])
      const { body } = await askFrom(page, 'GET', '/sessions/current')
      expect(body).toMatchObject({ amr: ['fed'], next: 'mfa-verify' })
      // Of a page that somebody else began, nothing comes of it: the browser has no cookie of that flow.
      await page.context().clearCookies()
      const other = await ask('POST', '/federation/flows', { practice: demo.slug, provider: 'harbor-id' })
      await page.goto(other.body.authorizationUrl)
      await page.goto(`${system.origin}${plainPage}`)
      expect((await askFrom(page, 'GET', '/sessions/current')).status).toBe(401)
    } finally {
      await chromium.close()
    }
  })
})
