import { describe, expect, it } from 'vitest'
import live from '../../../functions/health/live.ts'
import { call } from '../../harness/index.ts'

describe('GET /health/live', () => {
  it('200 while the function runs', async () => {
    const { status, body } = await call('health.live')
    expect([status, body]).toEqual([200, { status: 'ok' }])
  })

  it('asks nothing else: what it would ask, a restart would not mend', () => {
    expect([live.uses, live.limit, live.audit]).toEqual([{}, 'none', undefined])
  })
})
