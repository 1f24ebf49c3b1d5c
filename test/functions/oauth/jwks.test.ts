import { describe, expect, it } from 'vitest'
import { currentKey, ensureSigning } from '../../harness/clients.ts'
import { call, freshAddress } from '../../harness/index.ts'

describe('GET /oauth/jwks', () => {
  const ask = () => call('oauth.jwks', { sourceIp: freshAddress() })

  it('503 before the first key, to be kept by nobody; 200 after', async () => {
    const early = await ask()
    expect([early.status, early.body.code, early.headers['cache-control']]).toEqual([
      503,
      'signing-key-missing',
      'no-store',
    ])
    await ensureSigning()
    const { status, body, headers } = await ask()
    expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=300'])
    const { kid, d } = await currentKey()
    expect(body.keys).toEqual([
      { kid, kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String), use: 'sig', alg: 'ES256' },
    ])
    expect(JSON.stringify(body)).not.toContain(d)
  })
})
