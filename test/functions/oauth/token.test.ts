import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { readToken } from '../../../shared/domain/oauth/jwt.ts'
import { apiKeyEntity } from '../../../shared/store/apiKeys.ts'
import {
  appOf,
  askToken,
  codeFor,
  ensureSigning,
  keyOf,
  pkce,
  refreshWith,
  tokenOf,
  withBearer,
} from '../../harness/clients.ts'
import { at } from '../../harness/clock.ts'
import { changeUser, sessionOf } from '../../harness/identity.ts'
import { call, freshAddress, itemsAt, itemsLike, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'

let practice: TestPractice
beforeAll(async () => {
  practice = await newPractice()
  await ensureSigning()
})

const claimsOf = (token: string) => readToken(token)?.claims

describe('POST /oauth/token with an API key', () => {
  const grant = { grant_type: 'client_credentials' }

  it('200 gives five minutes, and what the key may do', async () => {
    const { key, secret } = await keyOf(practice, { scopes: ['patient:read', 'claim:read'] })
    const answer = await askToken({ ...grant, client_secret: secret })
    expect(answer.status).toBe(200)
    expect(answer.headers['cache-control']).toBe('no-store')
    const { access_token: token, ...rest } = answer.body
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 300, scope: 'patient:read claim:read' })
    const { iat = 0, ...claims } = claimsOf(token) ?? {}
    expect(claims).toEqual({
      iss: 'https://portal.example/api/v1',
      aud: 'https://portal.example/api/v1',
      exp: iat + 300,
      nbf: iat,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sub: key.keyId,
      client_id: key.keyId,
      scope: 'patient:read claim:read',
      practice: practice.practice.practiceId,
    })
    expect((await withBearer(token)('patients.list')).status).toBe(200)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ outcome: 'success', entity: { type: 'AccessToken', id: key.keyId } }),
    ])
  })

  it('200 as a form, as JSON, with the secret in the body or in the header', async () => {
    const { key, secret } = await keyOf(practice)
    const sourceIp = freshAddress()
    const basic = (id: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })
    const body = { ...grant, client_id: key.keyId, client_secret: secret }
    const answers = await Promise.all([
      askToken(body),
      askToken(grant, { headers: basic(key.keyId) }),
      askToken(grant, { headers: basic(key.keyId.replace('_', '%5F')) }),
      call('oauth.token', { sourceIp, body }),
      call('oauth.token', { sourceIp, body: grant, headers: basic(key.keyId) }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  it('400 for a secret in both, a field that stands twice, or one that is not known', async () => {
    const { key, secret } = await keyOf(practice)
    const headers = { authorization: `Basic ${Buffer.from(`${key.keyId}:${secret}`).toString('base64')}` }
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const twice = `grant_type=client_credentials&client_secret=${secret}&client_secret=${secret}`
    const answers = await Promise.all([
      askToken({ ...grant, client_secret: secret }, { headers }),
      call('oauth.token', { rawBody: twice, headers: type }),
      askToken({ ...grant, client_secret: secret, resource: 'x' }),
      askToken({ ...grant, client_secret: secret, __proto__x: 'x' }),
    ])
    for (const { status, body } of answers) expect([status, body.error]).toEqual([400, 'invalid_request'])
  })

  it('200 for some of its scopes, and then no more', async () => {
    const { secret } = await keyOf(practice, { scopes: ['patient:read', 'claim:read'] })
    const token = await tokenOf(secret, 'claim:read')
    expect(claimsOf(token)?.scope).toBe('claim:read')
    expect((await withBearer(token)('patients.list')).body.code).toBe('forbidden')
  })

  it.each(['patient:read coverage:read', 'api-key:manage', '*', ' ', 'patient:readx'])(
    '400 for the scope %j',
    async scope => {
      const { secret } = await keyOf(practice)
      const { status, body } = await askToken({ ...grant, client_secret: secret, scope })
      expect([status, body.code, body.error]).toEqual([400, 'invalid-scope', 'invalid_scope'])
    },
  )

  it('404 with a token for a scope that the key has lost since', async () => {
    const { key, secret } = await keyOf(practice, { scopes: ['patient:read', 'claim:read'] })
    const token = await tokenOf(secret)
    expect((await withBearer(token)('patients.list')).status).toBe(200)
    await plant({ ...apiKeyEntity.keys(key), ...key, scopes: ['claim:read'] })
    expect((await withBearer(token)('patients.list')).body.code).toBe('forbidden')
  })

  it('401 for a secret that is wrong, another client’s, revoked, expired, or shown from elsewhere', async () => {
    const { key, secret } = await keyOf(practice)
    const other = await keyOf(practice)
    const revoked = await keyOf(practice, { revokedAt: new Date().toJSON() })
    const expired = await keyOf(practice, { expiresAt: '2026-01-01T00:00:00.000Z' })
    const bound = await keyOf(practice, { addresses: ['203.0.113.0/24'] })
    const shown = [
      { client_secret: `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}` },
      { client_secret: secret, client_id: other.key.keyId },
      { client_secret: secret, client_id: 'haven-desktop' },
      { client_secret: revoked.secret },
      { client_secret: expired.secret },
      { client_secret: bound.secret },
      { client_id: key.keyId },
      { client_secret: await tokenOf(secret) },
    ]
    for (const fields of shown as Record<string, string>[]) {
      const { status, body, headers } = await askToken({ ...grant, ...fields })
      // A token is longer than a secret may be, and so is no secret at all.
      if (status === 400) expect(fields.client_secret).toMatch(/^eyJ/)
      else
        expect([status, body.error, headers['www-authenticate']]).toEqual([
          401,
          'invalid_client',
          'Basic realm="haven"',
        ])
    }
  })

  it('400 for a grant that there is not', async () => {
    for (const grant_type of ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer']) {
      const { status, body } = await askToken({ grant_type })
      expect([status, body.error]).toEqual([400, 'unsupported_grant_type'])
    }
  })

  it('writes no secret and no token into a log line or an audit record', async () => {
    const { secret } = await keyOf(practice)
    const app = await appOf(await practice.as('practitioner'))
    const words = [secret.split('.')[2] ?? '', app.refresh.split('.')[2] ?? '', app.access.split('.')[2] ?? '']
    const output = await outputOf(async () => {
      words.push((await tokenOf(secret)).split('.')[2] ?? '')
      await askToken({ ...grant, client_secret: `${secret}x` })
      const { body } = await refreshWith(app.refresh)
      words.push(body.refresh_token.split('.')[2], body.access_token.split('.')[2])
      await withBearer(app.access)('patients.list')
    })
    const kept = output + JSON.stringify(await practice.trail())
    expect(words.filter(word => word.length < 40 || kept.includes(word))).toEqual([])
  })
})

describe('POST /oauth/token with a code', () => {
  it('200 lets the app act for the user, as far as both may', async () => {
    const client = await practice.as('practitioner')
    const { fields } = await codeFor(client, 'patient:read practitioner:read')
    const answer = await askToken(fields)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ expires_in: 300, scope: 'patient:read practitioner:read' })
    const token = answer.body.access_token
    const claims = claimsOf(token)
    expect(claims).toMatchObject({
      sub: client.user.userId,
      client_id: 'haven-desktop',
      sid: expect.stringMatching(/^ses_/),
    })
    const read = await withBearer(token)('patients.list')
    expect(read.status).toBe(200)
    expect((await practice.recordsOf(read))[0]?.actor).toMatchObject({
      type: 'user',
      id: client.user.userId,
      role: 'practitioner',
      sessionId: claims?.sid,
      clientId: 'haven-desktop',
    })
    expect((await withBearer(token)('claims.list', { query: { transmission: 'none' } })).body.code).toBe('forbidden')
    expect((await withBearer(token)('sessions.current')).status).toBe(401)
  })

  it('200 shows a patient their own records alone', async () => {
    const { access } = await appOf(await practice.as('patient', 'aal2'))
    const { body } = await withBearer(access)('patients.list')
    expect(body.items.map(({ patientId }: { patientId: string }) => patientId)).toEqual([
      practice.users.patient.patientId,
    ])
  })

  it('200 for a session whose eight hours are those of the browser’s', async () => {
    const client = await sessionOf(practice.users.biller)
    const { access } = await appOf(client)
    const { sid, session_hash } = claimsOf(access) ?? {}
    const { practiceId, userId } = client.user
    const item = (await itemsAt(`SESSION#${practiceId}#${userId}`)).find(({ sk }) => sk === session_hash)
    expect(item).toMatchObject({ sessionId: sid, absoluteExpiresAt: client.session.absoluteExpiresAt })
    expect(sid).not.toBe(client.session.sessionId)
  })

  it('200 once, of twenty at once', async () => {
    const { fields } = await codeFor(await practice.as('practitioner'))
    const answers = await Promise.all(Array.from({ length: 20 }, () => askToken(fields)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status, body } of answers.filter(({ status }) => status !== 200)) {
      expect([status, body.error]).toEqual([body.code === 'link-refused' ? 409 : 400, 'invalid_grant'])
    }
    expect((await askToken(fields)).body.error).toBe('invalid_grant')
  })

  it.each([
    ['another verifier', { code_verifier: pkce().verifier }],
    ['its challenge in place of the verifier', 'challenge'],
    ['no verifier', { code_verifier: undefined }],
    ['another app', { client_id: 'haven-mobile' }],
    ['another address', { redirect_uri: 'http://127.0.0.1:51005/callback' }],
    ['another code', { code: 'tkt_0AAAAAAAAAAAAAAAAAAA.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }],
  ])('400 for %s, and the code is not spent', async (_, change) => {
    const { fields } = await codeFor(await practice.as('practitioner'))
    const challenge = createHash('sha256').update(fields.code_verifier).digest('base64url')
    const wrong = { ...fields, ...(change === 'challenge' ? { code_verifier: challenge } : (change as object)) }
    const given = Object.fromEntries(Object.entries(wrong).filter(([, value]) => value !== undefined))
    const { status, body } = await askToken(given as Record<string, string>)
    expect([status, body.error]).toEqual([400, 'invalid_grant'])
    expect((await askToken(fields)).status).toBe(200)
  })

  it('400 a minute later, and when the session that allowed it is over', async () => {
    const { fields } = await codeFor(await practice.as('practitioner'))
    const late = await at(Date.now() + 61_000, () => askToken(fields))
    expect(late.body.error).toBe('invalid_grant')
    const client = await practice.as('practitioner')
    const { fields: others } = await codeFor(client)
    await client.call('auth.logout')
    expect((await askToken(others)).body.error).toBe('invalid_grant')
  })
})

describe('POST /oauth/token with a refresh token', () => {
  const start = () => Date.now()

  it('200 gives both anew, and the old one ten seconds', async () => {
    const { refresh, access } = await appOf(await practice.as('practitioner'))
    const first = start()
    const { status, body } = await at(first, () => refreshWith(refresh))
    expect([status, body.refresh_token === refresh]).toEqual([200, false])
    expect(claimsOf(body.access_token)?.sid).toBe(claimsOf(access)?.sid)
    // An app that never heard the answer asks again.
    expect((await at(first + 9_999, () => refreshWith(refresh))).status).toBe(200)
    // Access tokens of before go on for their five minutes.
    expect((await at(first + 60_000, () => withBearer(access)('patients.list'))).status).toBe(200)
    expect((await at(first + 60_000, () => refreshWith(body.refresh_token))).status).toBe(200)
  })

  it('400 for one that comes back later: the whole sign-in ends, its user is told, and nobody else’s', async () => {
    const client = await practice.as('practitioner')
    const [{ refresh, access }, other] = [await appOf(client), await appOf(client)]
    const first = start()
    const { body } = await at(first, () => refreshWith(refresh))
    const stolen = await at(first + 10_001, () => refreshWith(refresh))
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant'])
    await at(first + 10_002, async () => {
      expect((await refreshWith(body.refresh_token)).body.error).toBe('invalid_grant')
      for (const token of [access, body.access_token])
        expect((await withBearer(token)('patients.list')).status).toBe(401)
      expect((await withBearer(other.access)('patients.list')).status).toBe(200)
      expect((await client.call('patients.list')).status).toBe(200)
    })
    const notices = (await itemsLike(`NOTICE#${practice.practice.practiceId}`)).filter(
      ({ kind, userId }) => kind === 'session-token-reused' && userId === client.user.userId,
    )
    expect(notices.length).toBeGreaterThan(0)
    const records = await practice.recordsOf(stolen)
    // One, and no success beside it: a thief got nothing.
    expect(records).toEqual([
      expect.objectContaining({
        outcome: 'denied',
        reason: 'invalid-grant',
        entity: { type: 'AccessToken', id: 'haven-desktop' },
        actor: expect.objectContaining({ id: client.user.userId }),
      }),
    ])
  })

  it('200 once, of twenty at once, and none of them ends the sign-in', async () => {
    const { refresh } = await appOf(await practice.as('practitioner'))
    const answers = await Promise.all(Array.from({ length: 20 }, () => refreshWith(refresh)))
    const given = answers.filter(({ status }) => status === 200)
    expect(given.length).toBeGreaterThanOrEqual(1)
    expect(answers.filter(({ status }) => status !== 200).map(({ status }) => status)).toEqual(
      Array(20 - given.length).fill(409),
    )
    for (const { body } of given) expect((await refreshWith(body.refresh_token)).status).toBe(200)
  })

  it('400 after 15 minutes without a use, and after the eight hours of the sign-in whatever happens', async () => {
    const client = await sessionOf(practice.users.biller)
    const { refresh } = await appOf(client)
    const begun = Date.parse(client.session.signedInAt)
    expect((await at(begun + 20 * 60_000, () => refreshWith(refresh))).body.error).toBe('invalid_grant')
    let token = (await appOf(client)).refresh
    for (let minutes = 10; minutes < 480; minutes += 10) {
      const { status, body } = await at(begun + minutes * 60_000, () => refreshWith(token))
      expect([minutes, status]).toEqual([minutes, 200])
      token = body.refresh_token
    }
    expect((await at(client.session.absoluteExpiresAt, () => refreshWith(token))).body.error).toBe('invalid_grant')
  })

  it('401 and 400 at once when the user is disabled, moved to another role, or signed out everywhere', async () => {
    for (const change of [{ status: 'disabled' }, { role: 'biller' }, { sessionEpoch: 1 }] as const) {
      const own = await newPractice()
      const { access, refresh } = await appOf(await own.as('practitioner'))
      expect((await withBearer(access)('patients.list')).status).toBe(200)
      await changeUser(own.users.practitioner, change)
      const refused = await withBearer(access)('patients.list')
      expect([refused.status, refused.body.code]).toEqual([401, 'token-refused'])
      expect((await refreshWith(refresh)).body.error).toBe('invalid_grant')
    }
  })

  it('400 for another app, for more scopes, for a token of another kind, and for a cookie', async () => {
    const client = await practice.as('practitioner')
    const { refresh, access } = await appOf(client, 'patient:read')
    expect((await refreshWith(refresh, { client_id: 'haven-mobile' })).body.error).toBe('invalid_grant')
    expect((await refreshWith(refresh, { scope: 'patient:read claim:read' })).body.error).toBe('invalid_scope')
    for (const token of [client.token, `hvr_${client.token}`, access.slice(0, 200), 'hvr_', refresh.slice(4)]) {
      expect((await refreshWith(token)).body.error).toBe('invalid_grant')
    }
    expect((await refreshWith(refresh)).status).toBe(200)
  })

  it('401 as a cookie or a bearer: it opens no session', async () => {
    const { refresh } = await appOf(await practice.as('practitioner'))
    for (const cookie of [refresh, refresh.slice(4)]) {
      expect((await call('patients.list', { cookies: [`__Host-sid=${cookie}`] })).status).toBe(401)
    }
    expect((await withBearer(refresh)('patients.list')).status).toBe(401)
  })
})
