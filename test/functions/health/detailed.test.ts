import { beforeAll, describe, expect, it } from 'vitest'
import { sdkError, withFault } from '../../harness/faults.ts'
import { call, newPractice, type TestPractice } from '../../harness/index.ts'

describe('GET /health/detailed', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it.each(['admin', 'auditor'] as const)('200 shows each part to an %s', async role => {
    const { status, body } = await (await practice.as(role)).call('health.detailed')
    expect(status).toBe(200)
    expect(body).toEqual({
      status: 'ok',
      dependencies: [
        { name: 'table', up: true, ms: expect.any(Number) },
        { name: 'secrets', up: true, ms: expect.any(Number) },
      ],
      memory: { resident: expect.any(Number), heap: expect.any(Number) },
      uptime: expect.any(Number),
      runtime: process.version,
    })
    expect(body.memory.resident).toBeGreaterThan(body.memory.heap)
  })

  it('200 says which part is down', async () => {
    const auditor = await practice.as('auditor')
    const hits = (_: string, input: string) => input.includes('HEALTH#probe')
    const answer = await withFault(hits, sdkError('InternalServerError'), () => auditor.call('health.detailed'))
    expect(answer.status).toBe(200)
    expect(answer.body.status).toBe('degraded')
    expect(answer.body.dependencies).toEqual([
      { name: 'table', up: false, ms: expect.any(Number) },
      { name: 'secrets', up: true, ms: expect.any(Number) },
    ])
    expect(JSON.stringify(answer.body)).not.toContain('of a test')
  })

  it('200 is audited', async () => {
    const admin = await practice.as('admin')
    const answer = await admin.call('health.detailed')
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'health.detailed',
        verb: 'R',
        outcome: 'success',
        actor: expect.objectContaining({ id: admin.user.userId, role: 'admin' }),
        entity: { type: 'System', id: 'health' },
      }),
    ])
  })

  it('401 to anyone', async () => {
    expect((await call('health.detailed')).status).toBe(401)
  })

  it.each(['patient', 'practitioner', 'supervisor', 'biller', 'front-desk'] as const)('404 for a %s', async role => {
    const { status, body } = await (await practice.as(role)).call('health.detailed')
    expect([status, body.code]).toEqual([404, 'forbidden'])
  })
})
