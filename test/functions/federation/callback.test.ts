import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { withoutAudit } from '../../harness/faults.ts'
import { changeUser, clientOf, linked } from '../../harness/identity.ts'
import {
  call,
  freshAddress,
  itemsAt,
  itemsLike,
  newPractice,
  plant,
  recordsOf,
  type TestPractice,
} from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { newBrowser, ownProviders, redirectUri, refused, theRefusal } from './fixture.ts'

describe('GET /federation/callbacks/{provider}', () => {
  let practice: TestPractice
  let providers: Awaited<ReturnType<typeof ownProviders>>
  let slug: string
  beforeAll(async () => {
    providers = await ownProviders()
    practice = await newPractice()
    slug = practice.practice.slug
    await linked(practice.users.patient, 'harbor-id', providers.harbor.issuer, 'ines')
    await linked(practice.users.admin, 'harbor-id', providers.harbor.issuer, 'ada')
    await linked(practice.users.patient, 'facebook', providers.facebook.issuer, '10150000000000001')
  })

  /** A browser that has begun a flow, and what the certified provider said to it. */
  const begun = async (account = 'ines', returnTo?: string) => {
    const browser = newBrowser()
    const url = await browser.start(slug, 'harbor-id', returnTo)
    return { browser, url, said: await providers.harbor.signIn(url, account) }
  }

  it('303 signs in who is linked, at a certified provider', async () => {
    const { browser, said } = await begun('ines', '/appointments')
    const answer = await browser.back('harbor-id', said)
    expect([answer.status, answer.headers.location]).toEqual([303, 'https://portal.example/appointments'])
    expect(answer.body).toBe('')
    expect(answer.headers['cache-control']).toBe('no-store')
    const client = clientOf(practice.users.patient, answer)
    const { body } = await client.call('sessions.current')
    expect(body).toMatchObject({ userId: practice.users.patient.userId, aal: 'aal1', amr: ['fed'], next: 'none' })
    expect((await client.call('appointments.list', { query: { patientId: body.patientId } })).status).toBe(200)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'federation.callback',
        verb: 'E',
        outcome: 'success',
        status: 303,
        actor: { type: 'anonymous', id: practice.users.patient.userId },
        entity: { type: 'Session', id: body.sessionId },
      }),
    ])
  })

  it('303 sets the session’s cookie and takes the flow’s away', async () => {
    const { browser, said } = await begun()
    const { cookies } = await browser.back('harbor-id', said)
    expect(cookies).toEqual([
      expect.stringMatching(/^__Host-sid=[^;]+; Path=\/; Secure; HttpOnly; SameSite=Strict$/),
      '__Host-oauth=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0',
    ])
  })

  it('303 of the workforce still owes the second factor', async () => {
    const { browser, said } = await begun('ada')
    const client = clientOf(practice.users.admin, await browser.back('harbor-id', said))
    expect((await client.call('sessions.current')).body).toMatchObject({ aal: 'pending', next: 'mfa-setup' })
    expect((await client.call('patients.list')).body.code).toBe('mfa-required')
  })

  it('303 of a patient who has a second factor owes it too', async () => {
    const own = await newPractice()
    await linked(own.users.patient, 'harbor-id', providers.harbor.issuer, 'ines')
    await changeUser(own.users.patient, { factors: ['totp'] })
    const browser = newBrowser()
    const said = await providers.harbor.signIn(await browser.start(own.practice.slug, 'harbor-id'), 'ines')
    const client = clientOf(own.users.patient, await browser.back('harbor-id', said))
    expect((await client.call('sessions.current')).body).toMatchObject({ aal: 'pending', next: 'mfa-verify' })
  })

  it('303 of a patient who has none owes one where the practice demands it and the days of grace are over', async () => {
    const own = await newPractice()
    await linked(own.users.patient, 'harbor-id', providers.harbor.issuer, 'ines')
    const [item = {}] = await itemsAt(`PRACTICE#${own.practice.practiceId}`)
    await plant({ ...item, signIn: { patientMfa: 'required', graceDays: 0 } })
    const browser = newBrowser()
    const said = await providers.harbor.signIn(await browser.start(own.practice.slug, 'harbor-id'), 'ines')
    const client = clientOf(own.users.patient, await browser.back('harbor-id', said))
    expect((await client.call('sessions.current')).body).toMatchObject({ aal: 'pending', next: 'mfa-setup' })
  })

  it('303 through Facebook, which has no ID token', async () => {
    const browser = newBrowser()
    const said = providers.facebook.signIn(await browser.start(slug, 'facebook'), '10150000000000001')
    const answer = await browser.back('facebook', said)
    expect([answer.status, answer.headers.location]).toEqual([303, 'https://portal.example/'])
    expect((await clientOf(practice.users.patient, answer).call('sessions.current')).body.amr).toEqual(['fed'])
  })

  it.each([undefined, 7, '', '../me', '10150000000000001\n', { id: '1' }])(
    '401 when the Graph API tells of the id %j',
    async id => {
      const browser = newBrowser()
      const said = providers.facebook.signIn(await browser.start(slug, 'facebook'), '10150000000000001', { id })
      expect(refused(await browser.back('facebook', said))).toEqual(theRefusal)
    },
  )

  it('401 for an account that is linked to nobody, and makes none', async () => {
    const before = await itemsAt(`USER#${practice.practice.practiceId}#${practice.users.patient.userId}`)
    const { browser, said } = await begun('stranger')
    const answer = await browser.back('harbor-id', said)
    expect(refused(answer)).toEqual(theRefusal)
    expect(await itemsAt(`USER#${practice.practice.practiceId}#${practice.users.patient.userId}`)).toEqual(before)
    expect(await recordsOf('platform', answer)).toEqual([
      expect.objectContaining({
        outcome: 'denied',
        reason: 'federation-refused',
        actor: { type: 'anonymous', id: 'anonymous' },
      }),
    ])
  })

  it('401 for an account whose verified e-mail address is a user’s: it is not whose it looks', async () => {
    const own = await newPractice()
    await changeUser(own.users.patient, { email: 'mallory@elsewhere.example' })
    const browser = newBrowser()
    const said = await providers.harbor.signIn(await browser.start(own.practice.slug, 'harbor-id'), 'mallory')
    expect(refused(await browser.back('harbor-id', said))).toEqual(theRefusal)
  })

  it('401 in another practice than the one in which it is linked', async () => {
    const other = await newPractice()
    const browser = newBrowser()
    const said = await providers.harbor.signIn(await browser.start(other.practice.slug, 'harbor-id'), 'ines')
    expect(refused(await browser.back('harbor-id', said))).toEqual(theRefusal)
  })

  it('401 for the same subject at another issuer', async () => {
    const own = await newPractice()
    await linked(own.users.patient, 'harbor-id', 'https://elsewhere.example', 'ines')
    const browser = newBrowser()
    const said = await providers.harbor.signIn(await browser.start(own.practice.slug, 'harbor-id'), 'ines')
    expect(refused(await browser.back('harbor-id', said))).toEqual(theRefusal)
  })

  it('401 for a disabled user, with the same words, and the trail knows whose', async () => {
    const own = await newPractice()
    await linked(own.users.patient, 'harbor-id', providers.harbor.issuer, 'ines')
    await changeUser(own.users.patient, { status: 'disabled' })
    const browser = newBrowser()
    const said = await providers.harbor.signIn(await browser.start(own.practice.slug, 'harbor-id'), 'ines')
    const answer = await browser.back('harbor-id', said)
    expect(refused(answer)).toEqual(theRefusal)
    expect(await own.recordsOf(answer)).toEqual([
      expect.objectContaining({ outcome: 'denied', actor: { type: 'anonymous', id: own.users.patient.userId } }),
    ])
  })

  describe('state', () => {
    it('303 once, of twenty callbacks at once', async () => {
      const { browser, said } = await begun()
      const answers = await Promise.all(Array.from({ length: 20 }, () => browser.back('harbor-id', said)))
      expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(19)
      expect(answers.filter(({ cookies }) => cookies.length > 0)).toHaveLength(1)
    })

    it('401 a second time, also with the cookie that was taken away', async () => {
      const { browser, said } = await begun()
      const secret = browser.jar.get('__Host-oauth') ?? ''
      expect((await browser.back('harbor-id', said)).status).toBe(303)
      const cookies = [`__Host-oauth=${secret}`]
      expect(refused(await browser.back('harbor-id', said, { cookies }))).toEqual(theRefusal)
    })

    it('401 without the cookie, with an empty one, and with two', async () => {
      const { browser, said } = await begun()
      const own = `__Host-oauth=${browser.jar.get('__Host-oauth')}`
      for (const cookies of [
        [],
        ['__Host-oauth='],
        [own, own],
        [own, '__Host-oauth=planted'],
        [own.replace('__Host-', '')],
      ]) {
        expect(refused(await browser.back('harbor-id', said, { cookies }))).toEqual(theRefusal)
      }
      // None of them has used it up.
      expect((await browser.back('harbor-id', said)).status).toBe(303)
    })

    it('401 in another browser, whether it has a flow of its own or none', async () => {
      const attacker = await begun('ada')
      const victim = await begun()
      expect(refused(await victim.browser.back('harbor-id', attacker.said))).toEqual(theRefusal)
      expect(refused(await newBrowser().back('harbor-id', attacker.said))).toEqual(theRefusal)
      // A foreign page has used up nobody's flow.
      expect((await victim.browser.back('harbor-id', victim.said)).status).toBe(303)
    })

    it('401 for the code of another browser, injected beside the right state', async () => {
      const attacker = await begun('ada')
      const victim = await begun()
      const injected = { ...victim.said, code: attacker.said.code ?? '' }
      expect(refused(await victim.browser.back('harbor-id', injected))).toEqual(theRefusal)
    })

    it('401 for a state that is cut, changed or of another label', async () => {
      const { browser, url, said } = await begun()
      const nonce = new URL(url).searchParams.get('nonce') ?? ''
      const { state = '' } = said
      for (const wrong of [state.slice(0, -1), `${state}A`, state.toUpperCase(), nonce, 'x']) {
        expect(refused(await browser.back('harbor-id', { ...said, state: wrong }))).toEqual(theRefusal)
      }
    })

    it('401 after ten minutes, and 303 a second before', async () => {
      const now = new Date().toJSON()
      const backAfter = async (ms: number) => {
        const browser = newBrowser()
        const url = await at(now, () => browser.start(slug, 'harbor-id'))
        return at(plus(now, ms), async () => browser.back('harbor-id', await providers.harbor.signIn(url, 'ines')))
      }
      expect(refused(await backAfter(600_000))).toEqual(theRefusal)
      expect((await backAfter(599_000)).status).toBe(303)
    })
  })

  describe('a mix-up', () => {
    it('401 at the callback of another provider than was asked, and the flow is used up', async () => {
      const { browser, said } = await begun()
      expect(refused(await browser.back('facebook', said))).toEqual(theRefusal)
      expect(refused(await browser.back('harbor-id', said))).toEqual(theRefusal)
    })

    it('401 for the issuer of another provider, and for none where one is promised (RFC 9207)', async () => {
      const another = await begun()
      expect(another.said.iss).toBe(providers.harbor.issuer)
      const foreign = { ...another.said, iss: providers.apple.issuer }
      expect(refused(await another.browser.back('harbor-id', foreign))).toEqual(theRefusal)
      const { browser, said } = await begun()
      const { iss: _, ...silent } = said
      expect(refused(await browser.back('harbor-id', silent))).toEqual(theRefusal)
    })

    it('401 for a provider that is not configured', async () => {
      const { browser, said } = await begun()
      expect(refused(await browser.back('nobody', said))).toEqual(theRefusal)
    })
  })

  it('401 for an error of the provider, of which nothing is shown', async () => {
    const { browser, said } = await begun()
    const error = { state: said.state ?? '', iss: said.iss ?? '', error: 'access_denied', error_description: 'KANARI' }
    const answer = await browser.back('harbor-id', error)
    expect(refused(answer)).toEqual(theRefusal)
    expect(JSON.stringify(answer)).not.toMatch(/KANARI|access_denied/)
  })

  it('401 without a code', async () => {
    const { browser, said } = await begun()
    const { code: _, ...rest } = said
    expect(refused(await browser.back('harbor-id', rest))).toEqual(theRefusal)
  })

  it('303 to our own page, with nothing but our own code, for a person whom it refuses', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    const query = { state: 'forged', error: 'https://evil.example', error_description: '//evil.example' }
    const answer = await newBrowser().back('harbor-id', query, { headers })
    expect([answer.status, answer.headers.location]).toEqual([303, '/sign-in?problem=federation-refused'])
    expect(await recordsOf('platform', answer)).toEqual([expect.objectContaining({ outcome: 'denied', status: 401 })])
  })

  it('303 beside parameters that it does not know, which it ignores (RFC 6749 §4.1.2)', async () => {
    const { browser, said } = await begun()
    const more = { session_state: 'x', authuser: '0', hd: 'example.org', returnTo: 'https://evil.example' }
    const answer = await browser.back('harbor-id', { ...said, ...more })
    expect(answer.headers.location).toBe('https://portal.example/')
  })

  it.each(['evil.example', 'portal.example.evil.example', ''])(
    '303 to the configured origin, whatever Host says: %j',
    async host => {
      const { browser, url, said } = await begun()
      expect(new URL(url).searchParams.get('redirect_uri')).toBe(redirectUri('harbor-id'))
      const answer = await browser.back('harbor-id', said, { headers: { host, 'x-forwarded-host': host } })
      expect(answer.headers.location).toBe('https://portal.example/')
    },
  )

  it('keeps no token, code or secret: not in the table, not in a log line, not in an answer', async () => {
    const { browser, url, said } = await begun()
    const secret = browser.jar.get('__Host-oauth') ?? ''
    const facebook = newBrowser()
    const theirs = providers.facebook.signIn(await facebook.start(slug, 'facebook'), '10150000000000001')
    const flows = JSON.stringify(await itemsLike('FLOW#'))
    const answers: unknown[] = []
    const output = await outputOf(async () => {
      answers.push(await browser.back('harbor-id', said), await facebook.back('facebook', theirs))
      answers.push(await newBrowser().back('harbor-id', said))
    })
    expect(output).toContain('federation.callback')
    const kept = flows + output + JSON.stringify(answers) + JSON.stringify(await itemsLike(''))
    const { searchParams } = new URL(url)
    const words = [
      secret,
      said.code,
      said.state,
      searchParams.get('nonce'),
      theirs.code,
      ...providers.facebook.tokens(),
    ]
    expect(words.length).toBeGreaterThan(5)
    expect(words.filter(word => kept.includes(String(word)))).toEqual([])
  })

  it.each(['H', '..', 'a/b', 'a'.repeat(31), 'harbor id', ''])(
    '400 for a provider that is no name: %j',
    async provider => {
      const { said } = await begun()
      const { status, body } = await newBrowser().back(provider, said)
      expect([status, body.errors[0].path]).toEqual([400, 'params.provider'])
    },
  )

  it('5xx while no audit record can be written, and opens no session', async () => {
    const own = await newPractice()
    await linked(own.users.patient, 'harbor-id', providers.harbor.issuer, 'ines')
    const browser = newBrowser()
    const said = await providers.harbor.signIn(await browser.start(own.practice.slug, 'harbor-id'), 'ines')
    const { result, refused: unwritten } = await withoutAudit(() => browser.back('harbor-id', said))
    expect(result.status).toBeGreaterThanOrEqual(500)
    expect([result.cookies, unwritten > 0]).toEqual([[], true])
    const { practiceId, userId } = own.users.patient
    expect(await itemsAt(`SESSION#${practiceId}#${userId}`)).toEqual([])
    // The flow is used up all the same: its user begins again.
    expect(refused(await browser.back('harbor-id', said))).toEqual(theRefusal)
  })

  it('429 after twenty from one address', async () => {
    const sourceIp = freshAddress()
    const statuses: number[] = []
    for (let attempt = 0; attempt < 21; attempt++) {
      const request = { sourceIp, params: { provider: 'harbor-id' }, query: { state: 'guess' } }
      statuses.push((await call('federation.callback', request)).status)
    }
    expect(statuses).toEqual([...Array(20).fill(401), 429])
  })
})
