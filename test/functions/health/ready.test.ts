import { describe, expect, it } from 'vitest'
import { addressSubject, placesOf } from '../../../shared/domain/quotas.ts'
import { at } from '../../harness/clock.ts'
import { sdkError, withFault, withoutTable } from '../../harness/faults.ts'
import { call, freshAddress, place, plant } from '../../harness/index.ts'

describe('GET /health/ready', () => {
  const ready = () => call('health.ready', { sourceIp: freshAddress() })

  // First, for a secret that was fetched once is kept for five minutes.
  it('503 while secrets cannot be read, and 200 as soon as they can', async () => {
    process.env.SECRET_PEPPER = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:test/none-AAAAAA'
    const down = await ready()
    expect([down.status, down.body.code]).toEqual([503, 'unavailable'])
    process.env.SECRET_PEPPER = place.environment.SECRET_PEPPER
    const up = await ready()
    expect([up.status, up.body]).toEqual([200, { status: 'ready' }])
  })

  it('200 to anyone, while everything answers', async () => {
    const { status, body, cookies, headers } = await ready()
    expect([status, body, cookies]).toEqual([200, { status: 'ready' }, []])
    expect(headers['ratelimit-policy']).toBe('"anonymous";q=300;w=60')
  })

  it('503 while nobody answers where the table should be', async () => {
    const { status, headers, body } = await withoutTable(ready)
    expect([status, headers['content-type'], body.code]).toEqual([503, 'application/problem+json', 'unavailable'])
    expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|dynamo/i)
    expect((await ready()).status).toBe(200)
  })

  it('503 while the table takes writes and answers no reads', async () => {
    const hits = (_: string, input: string) => input.includes('HEALTH#probe')
    const { status } = await withFault(hits, sdkError('InternalServerError'), ready)
    expect(status).toBe(503)
  })

  it('429 after 300 questions from one address in a minute', async () => {
    const sourceIp = '198.51.100.77'
    await at('2029-07-01T10:00:20.000Z', async () => {
      const [{ page, slot, ends }] = placesOf('anonymous', Date.now())
      const pk = `LIMIT#anonymous#${addressSubject(sourceIp)}`
      await plant({ pk, sk: String(page), [`n${slot}`]: 300, ttl: ends })
      const { status, headers } = await call('health.ready', { sourceIp })
      expect([status, headers['retry-after']]).toEqual([429, '64'])
    })
  })
})
