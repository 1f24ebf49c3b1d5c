import { beforeAll, describe, expect, it } from 'vitest'
import { codeFor, pkce, redirectUri } from '../../harness/clients.ts'
import { itemsLike, newPractice, type TestPractice } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'

describe('POST /oauth/authorize', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const ask = async (change: object = {}) =>
    (await practice.as('practitioner')).call('oauth.authorize-native', {
      body: {
        response_type: 'code',
        client_id: 'haven-desktop',
        redirect_uri: redirectUri,
        code_challenge: pkce().challenge,
        code_challenge_method: 'S256',
        state: 'a state',
        ...change,
      },
    })

  it('201 leads back to the app with a code and its state', async () => {
    const { answer, code } = await codeFor(await practice.as('practitioner'), 'appointment:read')
    const url = new URL(answer.body.redirectTo)
    expect([url.origin + url.pathname, url.searchParams.get('state')]).toEqual([redirectUri, 'state-of-the-app'])
    const [ticketId = ''] = code.split('.')
    const [item] = await itemsLike(`AUTHCODE#${ticketId}`)
    expect(item).toMatchObject({ clientId: 'haven-desktop', scopes: ['appointment:read'] })
    expect(JSON.stringify(item)).not.toContain(code.split('.')[1])
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ verb: 'C', entity: { type: 'AuthorizationCode', id: ticketId } }),
    ])
  })

  it.each([
    ['an app that is not known', { client_id: 'haven-other' }],
    ['an address that is not the app’s', { redirect_uri: 'http://localhost:51004/callback' }],
    ['another app’s address', { redirect_uri: 'org.haven.app:/callback' }],
  ])('422 for %s: nobody is led there', async (_, change) => {
    const { status, body } = await ask({ state: 'state', ...change })
    expect([status, body.code]).toEqual([422, 'redirect-refused'])
  })

  it('400 for more than the role may do', async () => {
    const { status, body } = await ask({ state: 'state', scope: 'appointment:read api-key:manage' })
    expect([status, body.code]).toEqual([400, 'invalid-scope'])
  })

  it.each([
    ['no challenge', { code_challenge: undefined }],
    ['the plain method', { code_challenge_method: 'plain' }],
    ['a token at once', { response_type: 'token' }],
    ['a state with a space', {}],
  ])('400 for %s', async (_, change) => {
    expect((await ask(change)).status).toBe(400)
  })

  it('writes no code into a log line or an audit record', async () => {
    const codes: string[] = []
    const output = await outputOf(async () => {
      codes.push((await codeFor(await practice.as('practitioner'))).code)
    })
    for (const kept of [output, JSON.stringify(await practice.trail())]) {
      expect(kept).not.toContain(codes[0]?.split('.')[1])
    }
  })
})
