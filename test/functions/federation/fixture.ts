import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll } from 'vitest'
import { randomText } from '../../../shared/kernel/random.ts'
import { startApple } from '../../harness/federation/apple.ts'
import { startCertified } from '../../harness/federation/certified.ts'
import { startFacebook } from '../../harness/federation/facebook.ts'
import { type Answer, type Call, type Client, call, freshAddress, place } from '../../harness/index.ts'

export const redirectUri = (provider: string) => `https://portal.example/api/v1/federation/callbacks/${provider}`

/** Identity providers of this test file alone, and the secret that configures them. */
export async function ownProviders(more: Record<string, unknown> = {}) {
  const [harbor, apple, facebook] = await Promise.all([
    startCertified(redirectUri('harbor-id')),
    startApple(),
    startFacebook(),
  ])
  afterAll(() => Promise.all([harbor.stop(), apple.stop(), facebook.stop()]))
  await configure({
    'harbor-id': harbor.configured,
    apple: apple.configured,
    facebook: facebook.configured,
    ...more,
  })
  return { harbor, apple, facebook }
}

/** Puts a configuration into a secret of its own, from which this process reads. */
export async function configure(configuration: unknown): Promise<void> {
  const client = new SecretsManagerClient({
    endpoint: place.environment.AWS_ENDPOINT_URL,
    region: 'us-east-1',
    credentials: { accessKeyId: 'OPERATOR', secretAccessKey: 'local' },
  })
  const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration)
  const command = new CreateSecretCommand({ Name: `test/providers-${randomText(10)}`, SecretString: text })
  process.env.SECRET_IDENTITY_PROVIDERS = (await client.send(command)).ARN
}

/** A browser: it keeps the cookies that it is given, and sends them along. */
export function newBrowser() {
  const jar = new Map<string, string>()
  const keep = (answer: Answer): Answer => {
    for (const cookie of answer.cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value) jar.set(name, value)
      else jar.delete(name)
    }
    return answer
  }
  const ask = async (id: string, request: Call) => keep(await call(id, { sourceIp: freshAddress(), ...request }))
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`)

  return {
    jar,
    /** Begins a sign-in, and answers the address at the provider. */
    start: async (practice: string, provider: string, returnTo?: string): Promise<string> => {
      const body = { practice, provider, ...(returnTo && { returnTo }) }
      return (await ask('federation.start', { body })).body.authorizationUrl
    },
    /** Begins a link in a session, and answers the address at the provider. */
    link: async (client: Client, provider: string): Promise<string> => {
      jar.set('__Host-sid', client.token)
      return keep(await client.call('federation.link', { body: { provider } })).body.authorizationUrl
    },
    /**
     * Comes back with what the provider said. From another site a browser sends no strict cookie, and so no session; with
     * `session` it does.
     */
    back: (
      provider: string,
      said: Record<string, string>,
      more: Call & { session?: boolean } = {},
    ): Promise<Answer> => {
      const { session, ...request } = more
      const sent = cookies().filter(cookie => session || !cookie.startsWith('__Host-sid='))
      const common = { params: { provider }, cookies: sent, ...request }
      return provider === 'apple'
        ? ask('federation.callback-form', { body: said, ...common })
        : ask('federation.callback', { query: said, ...common })
    },
    ask,
  }
}

/** What every refusal is: one answer for all reasons, without a session. */
export const refused = ({ status, body, cookies }: Answer) => [status, body.code, cookies]
export const theRefusal = [401, 'federation-refused', []]
