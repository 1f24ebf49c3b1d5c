import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changeUser, linked, login, realHash, sessionOf } from '../../harness/identity.ts'
import {
  type Client,
  call,
  freshAddress,
  itemsAt,
  itemsLike,
  newPractice,
  type TestPractice,
} from '../../harness/index.ts'
import { newBrowser, ownProviders, refused, theRefusal } from './fixture.ts'

describe('POST /federation/identities', () => {
  let practice: TestPractice
  let providers: Awaited<ReturnType<typeof ownProviders>>
  let client: Client
  let hash: string
  beforeAll(async () => {
    providers = await ownProviders()
    hash = await realHash()
  })
  beforeEach(async () => {
    practice = await newPractice({ passwordHash: hash })
    client = await practice.as('patient')
  })

  const identitiesOf = ({ user }: Client) => itemsAt(`IDENTITY#${user.practiceId}#${user.userId}`, 'gsi1')
  const noticesOf = async ({ user }: Client) =>
    (await itemsLike(`NOTICE#${user.practiceId}#`))
      .filter(({ userId }) => userId === user.userId)
      .map(({ kind }) => kind)
  const begun = async (who: Client, account = 'ines') => {
    const browser = newBrowser()
    return { browser, said: await providers.harbor.signIn(await browser.link(who, 'harbor-id'), account) }
  }

  it('200 begins, and the callback links what the provider vouches for to this session’s user', async () => {
    const { browser, said } = await begun(client)
    expect(await identitiesOf(client)).toEqual([])
    const answer = await browser.back('harbor-id', said)
    expect([answer.status, answer.headers.location]).toEqual([303, 'https://portal.example/account/security'])
    expect(answer.cookies).toEqual([expect.stringMatching(/^__Host-oauth=;.*Max-Age=0$/)])
    expect(await identitiesOf(client)).toEqual([expect.objectContaining({ provider: 'harbor-id' })])
    expect(await noticesOf(client)).toEqual(['identity-linked'])
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ outcome: 'success', actor: { type: 'anonymous', id: client.user.userId } }),
    ])

    const another = newBrowser()
    const again = await providers.harbor.signIn(await another.start(practice.practice.slug, 'harbor-id'), 'ines')
    expect((await another.back('harbor-id', again)).status).toBe(303)
    expect(JSON.stringify(await itemsLike('IDENTITY#'))).not.toMatch(/"ines"|elsewhere\.example/)
  })

  it('303 also where the browser shows the session that began it', async () => {
    const { browser, said } = await begun(client)
    expect((await browser.back('harbor-id', said, { session: true })).status).toBe(303)
  })

  it('303 after the session was refreshed meanwhile', async () => {
    const { browser, said } = await begun(client)
    expect((await client.call('sessions.refresh')).status).toBe(200)
    expect((await browser.back('harbor-id', said)).status).toBe(303)
  })

  it('401 once the session has ended, and links nothing', async () => {
    const { browser, said } = await begun(client)
    expect((await client.call('auth.logout')).status).toBe(204)
    expect(refused(await browser.back('harbor-id', said))).toEqual(theRefusal)
    expect(await identitiesOf(client)).toEqual([])
  })

  it('401 in another session: the browser shows one that did not begin it', async () => {
    const { browser, said } = await begun(client)
    browser.jar.set('__Host-sid', (await practice.as('biller')).token)
    expect(refused(await browser.back('harbor-id', said, { session: true }))).toEqual(theRefusal)
    expect(await identitiesOf(client)).toEqual([])
  })

  it('401 after somebody else signed in to the same browser: that ends what was begun there', async () => {
    const { browser, said } = await begun(client)
    const { practiceSlug, email } = practice.users.biller
    const body = { practice: practiceSlug, email, password: 'a-long-test-password' }
    const cookies = [...browser.jar].map(([name, value]) => `${name}=${value}`)
    expect((await browser.ask('auth.login', { body, cookies })).status).toBe(200)
    expect(browser.jar.has('__Host-oauth')).toBe(false)
    expect(refused(await browser.back('harbor-id', said))).toEqual(theRefusal)
    expect(await identitiesOf(client)).toEqual([])
    // A sign-in that finds no flow says nothing of one.
    expect((await login(practice.users.biller)).cookies).toHaveLength(1)
  })

  it('401 for an attacker’s callback in a browser that began none: nobody is linked to another’s account', async () => {
    const { said } = await begun(client, 'mallory')
    const victim = newBrowser()
    victim.jar.set('__Host-sid', (await practice.as('patient')).token)
    expect(refused(await victim.back('harbor-id', said, { session: true }))).toEqual(theRefusal)
  })

  it('401 for a user who was disabled meanwhile', async () => {
    const { browser, said } = await begun(client)
    await changeUser(client.user, { status: 'disabled' })
    expect(refused(await browser.back('harbor-id', said))).toEqual(theRefusal)
  })

  it('409 for an account that is linked to somebody else, who is not named', async () => {
    await linked(practice.users.biller, 'harbor-id', providers.harbor.issuer, 'ines')
    const { browser, said } = await begun(client)
    const answer = await browser.back('harbor-id', said)
    expect(refused(answer)).toEqual([409, 'identity-taken', []])
    expect(JSON.stringify(answer)).not.toContain(practice.users.biller.userId)
    expect(await identitiesOf(client)).toEqual([])
    expect(await noticesOf(client)).toEqual([])
  })

  it('409 for all but one of twenty users who link one account at once', async () => {
    const roles = ['patient', 'biller', 'admin', 'auditor'] as const
    const flows = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => begun(await practice.as(roles[index % 4] ?? 'patient'), 'shared')),
    )
    const answers = await Promise.all(flows.map(({ browser, said }) => browser.back('harbor-id', said)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter(status => status === 303)).toHaveLength(1)
    expect(statuses.filter(status => status === 409)).toHaveLength(19)
  })

  it('links in the practice of the session alone', async () => {
    await (await begun(client)).browser.back('harbor-id', (await begun(client)).said)
    const other = await newPractice()
    const browser = newBrowser()
    const said = await providers.harbor.signIn(await browser.start(other.practice.slug, 'harbor-id'), 'ines')
    expect(refused(await browser.back('harbor-id', said))).toEqual(theRefusal)
  })

  it('403 without a factor that was just shown', async () => {
    const { token } = await sessionOf(practice.users.patient, { verifiedAt: '2026-01-01T00:00:00.000Z' })
    const { status, body, cookies } = await call('federation.link', {
      token,
      sourceIp: freshAddress(),
      body: { provider: 'harbor-id' },
    })
    expect([status, body.code, cookies]).toEqual([403, 'step-up-required', []])
  })

  it('404 for a provider that is none', async () => {
    expect((await client.call('federation.link', { body: { provider: 'nobody' } })).body.code).toBe(
      'provider-not-found',
    )
  })
})
