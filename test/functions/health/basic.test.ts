import { describe, expect, it } from 'vitest'
import { call, recordsOf } from '../../harness/index.ts'

describe('GET /health', () => {
  it('200 to anyone, with no session and no cookie', async () => {
    const { status, body, cookies, headers } = await call('health.basic')
    expect([status, body, cookies]).toEqual([200, { status: 'ok' }, []])
    expect(headers['cache-control']).toBe('no-store')
  })

  it('200 costs no audit record: nothing of anybody is shown', async () => {
    expect(await recordsOf('platform', await call('health.basic'))).toEqual([])
  })

  it('400 with a parameter', async () => {
    expect((await call('health.basic', { query: { verbose: '1' } })).status).toBe(400)
  })
})
