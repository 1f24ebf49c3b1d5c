import { createHash } from 'node:crypto'
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { idsAt, randomToken } from '../../shared/kernel/random.ts'
import type { ApiKey } from '../../shared/schema/clients.ts'
import type { KeyRing, SigningKey } from '../../shared/schema/oauth.ts'
import { apiKeys } from '../../shared/store/apiKeys.ts'
import {
  type Answer,
  type Call,
  type Client,
  call,
  freshAddress,
  place,
  plant,
  type TestPractice,
  work,
} from './index.ts'

/** A key of a practice, put into the table as it stands: with any scope, and any field. */
export async function keyOf({ practice, users }: TestPractice, change: Partial<ApiKey> = {}) {
  const now = new Date().toJSON()
  const { practiceId } = practice
  const store = apiKeys({
    actor: { type: 'system', id: 'test', practiceId },
    practiceId,
    now,
    signal: AbortSignal.timeout(10_000),
  })
  const { key, secret, write } = store.add({
    keyId: idsAt(now)('key'),
    name: 'A program',
    scopes: ['patient:read'],
    addresses: [],
    limit: 'standard',
    createdBy: users.admin.userId,
    expiresAt: new Date(Date.now() + 30 * 86_400_000).toJSON(),
    ...change,
  })
  await plant({ ...(write.request.Item as Record<string, unknown>), ...change })
  return { key: { ...key, ...change }, secret, call: withBearer(secret) }
}

/** Sends requests with a key or token, from an address of their own. */
export const withBearer =
  (token: string) =>
  (id: string, request: Call = {}): Promise<Answer> =>
    call(id, {
      sourceIp: freshAddress(),
      ...request,
      headers: { authorization: `Bearer ${token}`, ...request.headers },
    })

/** Makes sure that there is a key to sign with. */
export const ensureSigning = () => work('maintenance.rotate-signing-keys', {})

/** Asks for a token with a form, as OAuth's clients do. */
export const askToken = (fields: Record<string, string>, request: Call = {}): Promise<Answer> =>
  call('oauth.token', {
    sourceIp: freshAddress(),
    ...request,
    rawBody: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...request.headers },
  })

export const tokenOf = async (secret: string, scope?: string): Promise<string> =>
  (await askToken({ grant_type: 'client_credentials', client_secret: secret, ...(scope && { scope }) })).body
    .access_token

/** Proof of possession of a code (RFC 7636). */
export const pkce = () => {
  const verifier = randomToken()
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

export const redirectUri = 'http://127.0.0.1:51004/callback'

/** The code that lets an app in, and what it must be shown with. */
export async function codeFor(client: Client, scope?: string) {
  const { verifier, challenge } = pkce()
  const answer = await client.call('oauth.authorize-native', {
    body: {
      response_type: 'code',
      client_id: 'haven-desktop',
      redirect_uri: redirectUri,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      state: 'state-of-the-app',
      ...(scope && { scope }),
    },
  })
  if (answer.status !== 201) throw new Error(`authorize-native answered ${answer.status} ${answer.body.code}`)
  const code = new URL(answer.body.redirectTo).searchParams.get('code') ?? ''
  const fields = { grant_type: 'authorization_code', client_id: 'haven-desktop', redirect_uri: redirectUri }
  return { answer, code, verifier, fields: { ...fields, code, code_verifier: verifier } }
}

/** An app that was let in: its tokens. */
export async function appOf(client: Client, scope?: string) {
  const { fields } = await codeFor(client, scope)
  const { status, body } = await askToken(fields)
  if (status !== 200) throw new Error(`the code was answered ${status} ${body.code}`)
  return { refresh: body.refresh_token as string, access: body.access_token as string }
}

export const refreshWith = (token: string, more: Record<string, string> = {}): Promise<Answer> =>
  askToken({ grant_type: 'refresh_token', client_id: 'haven-desktop', refresh_token: token, ...more })

const manager = new SecretsManagerClient({ endpoint: place.environment.AWS_ENDPOINT_URL, region: 'us-east-1' })

/** The private keys, as only the rotation and the signer may see them. */
export async function ringNow(): Promise<KeyRing> {
  const { SecretString = '' } = await manager.send(new GetSecretValueCommand({ SecretId: process.env.SECRET_SIGNING }))
  return SecretString.startsWith('{') ? (JSON.parse(SecretString) as KeyRing) : { keys: [] }
}

export const putRing = (ring: KeyRing) =>
  manager.send(new PutSecretValueCommand({ SecretId: process.env.SECRET_SIGNING, SecretString: JSON.stringify(ring) }))

export async function currentKey(): Promise<SigningKey> {
  const key = (await ringNow()).keys.find(({ stage }) => stage === 'current')
  if (!key) throw new Error('no key signs')
  return key
}
