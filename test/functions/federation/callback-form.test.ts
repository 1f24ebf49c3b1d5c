import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import type { Spoilt } from '../../harness/federation/apple.ts'
import { answer, listen } from '../../harness/federation/listen.ts'
import { clientOf, linked } from '../../harness/identity.ts'
import { call, freshAddress, itemsLike, newPractice, recordsOf, type TestPractice } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { newBrowser, ownProviders, refused, theRefusal } from './fixture.ts'

describe('POST /federation/callbacks/{provider}', () => {
  let practice: TestPractice
  let providers: Awaited<ReturnType<typeof ownProviders>>
  beforeAll(async () => {
    providers = await ownProviders()
    practice = await newPractice()
    await linked(practice.users.patient, 'apple', providers.apple.issuer, '001.ines')
  })

  const begun = async (spoilt: Spoilt = {}) => {
    const browser = newBrowser()
    const url = await browser.start(practice.practice.slug, 'apple', '/appointments')
    return { browser, url, form: providers.apple.signIn(url, '001.ines', spoilt) }
  }
  const signInWith = async (spoilt: Spoilt) => {
    const { browser, form } = await begun(spoilt)
    return browser.back('apple', form)
  }

  it('303 signs in by the form that Apple has the browser post', async () => {
    const { browser, form } = await begun()
    const headers = { origin: 'https://appleid.apple.com', 'sec-fetch-site': 'cross-site' }
    const answer = await browser.back('apple', form, { headers })
    expect([answer.status, answer.headers.location]).toEqual([303, 'https://portal.example/appointments'])
    const client = clientOf(practice.users.patient, answer)
    expect((await client.call('sessions.current')).body).toMatchObject({ amr: ['fed'], aal: 'aal1' })
  })

  it('303 beside the name that Apple tells of once, which nobody asked for', async () => {
    const { browser, form } = await begun()
    const user = JSON.stringify({ name: { firstName: 'KANARI' }, email: 'kanari@privaterelay.appleid.com' })
    const answers: Awaited<ReturnType<typeof browser.back>>[] = []
    const output = await outputOf(async () => answers.push(await browser.back('apple', { ...form, user })))
    expect(answers[0]?.status).toBe(303)
    expect(output + JSON.stringify(answers) + JSON.stringify(await itemsLike(''))).not.toMatch(/kanari@privaterelay/i)
  })

  it('shows Apple a client secret of its own each time: ES256, five minutes, for Apple alone', async () => {
    const now = '2026-05-04T10:00:00.000Z'
    await at(now, () => signInWith({}))
    await at(now, () => signInWith({}))
    const [one = '', other = ''] = providers.apple.seen.clientSecrets.slice(-2)
    expect(one).not.toBe(other)
    expect(decodeProtectedHeader(one)).toEqual({ alg: 'ES256', kid: 'KEY1234567', typ: 'JWT' })
    const iat = Date.parse(now) / 1_000
    const claims = { iss: 'TEAM123456', sub: 'example.portal.signin', aud: providers.apple.issuer, iat, exp: iat + 300 }
    expect(decodeJwt(one)).toEqual(claims)
  })

  const attacks: [string, Spoilt][] = [
    ['of another audience', { claims: { aud: 'another.client' } }],
    ['of two audiences without an authorized party', { claims: { aud: ['example.portal.signin', 'another.client'] } }],
    ['whose authorized party is another', { claims: { aud: ['example.portal.signin', 'another'], azp: 'another' } }],
    ['of another issuer', { claims: { iss: 'https://appleid.apple.com.evil.example' } }],
    ['without an issuer', { claims: { iss: undefined } }],
    ['with another nonce', { claims: { nonce: 'of-another-flow' } }],
    ['without a nonce', { claims: { nonce: undefined } }],
    ['that is over', { age: 700 }],
    ['that never ends', { claims: { exp: undefined } }],
    ['that does not begin yet', { claims: { nbf: 4_102_444_800 } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['whose subject is no text', { claims: { sub: { $ne: '' } } }],
    ['that is not signed', { signature: 'none' }],
    ['with a MAC, as if a public key were a secret', { signature: 'mac' }],
    ['that was changed after it was signed', { signature: 'broken' }],
    ['signed with a key that is not Apple’s, under the name of one that is', { signature: 'foreign' }],
    ['signed with a key that nobody knows', { header: { kid: 'unknown' } }],
    ['that names where its own key is', { signature: 'foreign', header: { jku: 'https://evil.example/keys' } }],
  ]

  it.each(attacks)('401 for an ID token %s', async (_, spoilt) => {
    expect(refused(await signInWith(spoilt))).toEqual(theRefusal)
  })

  it.each<[string, Spoilt]>([
    ['no ID token', { status: 200, body: { access_token: 'a', token_type: 'Bearer' } }],
    ['an ID token that is none', { status: 200, body: { access_token: 'a', token_type: 'Bearer', id_token: 'a.b.c' } }],
    ['what is no object', { status: 200, body: [] }],
    ['a redirect', { status: 302, body: '' }],
    ['an error', { status: 400, body: { error: 'invalid_grant', error_description: 'KANARI' } }],
  ])('401 or 503 when the token endpoint answers %s', async (_, spoilt) => {
    const answer = await signInWith(spoilt)
    expect([401, 503]).toContain(answer.status)
    expect(answer.cookies).toEqual([])
    expect(JSON.stringify(answer)).not.toContain('KANARI')
  })

  it.each<[string, Spoilt]>([
    ['fails', { status: 500, body: {} }],
    ['answers more than is read', { status: 200, body: { access_token: 'a'.repeat(200_000) } }],
  ])('503 when the token endpoint %s', async (_, spoilt) => {
    const answer = await signInWith(spoilt)
    expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '5'])
  })

  it('500 when Apple refuses our own credentials: that is ours to see, and not the user’s', async () => {
    const answer = await signInWith({ status: 401, body: { error: 'invalid_client' } })
    expect([answer.status, answer.body.code]).toEqual([500, 'internal-error'])
  })

  it('500 when the metadata come to name a host that is not configured, which is never asked', async () => {
    const asked: string[] = []
    const elsewhere = await listen(url => (request, response) => {
      asked.push(url + request.url)
      answer(response, 200, {})
    })
    providers.apple.tell({ token_endpoint: `${elsewhere.url}/token` })
    const { status, cookies } = await at(plus(new Date().toJSON(), 4 * 3_600_000), () => signInWith({}))
    providers.apple.tell({})
    await elsewhere.stop()
    expect([status, cookies, asked]).toEqual([500, [], []])
  })

  it('takes a key that is new as soon as a minute has passed, and asks for keys once', async () => {
    const now = new Date().toJSON()
    await at(plus(now, 36_000_000), () => signInWith({}))
    const before = providers.apple.keyRequests()
    await at(plus(now, 36_020_000), () => signInWith({}))
    expect(providers.apple.keyRequests()).toBe(before)
    await providers.apple.rotate('apple-2')
    // Somebody who names unknown keys cannot make us ask for each.
    expect(refused(await at(plus(now, 36_030_000), () => signInWith({})))).toEqual(theRefusal)
    expect(providers.apple.keyRequests()).toBe(before)
    expect((await at(plus(now, 36_070_000), () => signInWith({}))).status).toBe(303)
    expect(providers.apple.keyRequests()).toBe(before + 1)
  })

  it('303 once, of twenty forms at once', async () => {
    const { browser, form } = await begun()
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.back('apple', form)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19)
  })

  it('401 without the cookie, and with that of another browser', async () => {
    const mine = await begun()
    const other = await begun()
    expect(refused(await mine.browser.back('apple', mine.form, { cookies: [] }))).toEqual(theRefusal)
    expect(refused(await other.browser.back('apple', mine.form))).toEqual(theRefusal)
    const { browser, form } = mine
    expect((await browser.back('apple', form)).status).toBe(303)
  })

  it('415 for a body that is not a form, JSON above all', async () => {
    const { browser, form } = await begun()
    const rawBody = JSON.stringify(form)
    for (const type of ['application/json', 'text/plain', '', 'multipart/form-data; boundary=x']) {
      const { status, cookies } = await browser.back('apple', form, { rawBody, headers: { 'content-type': type } })
      expect([status, cookies]).toEqual([415, []])
    }
  })

  it('400 for JSON that says it is a form, for a field that stands twice, and for one of no form', async () => {
    const { browser, form } = await begun()
    const text = new URLSearchParams(form).toString()
    for (const rawBody of [JSON.stringify(form), `${text}&state=other`, `${text}&code=%00`, 'code=a', '']) {
      expect((await browser.back('apple', form, { rawBody })).status).toBe(400)
    }
  })

  it('413 for a form of more than 256 KiB', async () => {
    const { browser, form } = await begun()
    expect((await browser.back('apple', { ...form, user: 'a'.repeat(262_200) })).status).toBe(413)
  })

  it('is the only kind of body for the action that says so: every other refuses a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const rawBody = 'practice=harbor&provider=apple'
    const { status, body } = await call('federation.start', { sourceIp: freshAddress(), rawBody, headers })
    expect([status, body.code]).toEqual([415, 'unsupported-media-type'])
  })

  it('leaves a record of what it refused', async () => {
    const answer = await signInWith({ claims: { aud: 'another' } })
    expect(await recordsOf('platform', answer)).toEqual([
      expect.objectContaining({ name: 'federation.callback-form', outcome: 'denied', reason: 'federation-refused' }),
    ])
  })
})
