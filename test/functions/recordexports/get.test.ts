import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { type Ordered, order, run } from './fixture.ts'

describe('GET /patients/{patientId}/exports/{exportId}', () => {
  let practice: TestPractice
  let patient: Client
  let job: Ordered
  beforeAll(async () => {
    practice = await newPractice()
    patient = await practice.as('patient')
    job = (await order(patient, patient.user.patientId ?? '')).body
  })
  const get = (client: Client) =>
    client.call('recordexports.get', { params: { patientId: job.patientId, exportId: job.exportId } })

  it('200 with how far it is', async () => {
    expect((await get(patient)).body).toMatchObject({ state: 'queued', sections: { done: 0 }, bytes: 0 })
    await run(practice, job)
    const { status, body } = await get(patient)
    expect([status, body]).toMatchObject([200, { state: 'done', sections: { done: 12, total: 12 } }])
    expect(body.resources).toBeGreaterThan(0)
    expect(body.bytes).toBeGreaterThan(0)
    expect(body).not.toHaveProperty('leaseUntil')
  })

  it('404 for everybody else', async () => {
    expect((await get(await practice.as('admin'))).status).toBe(404)
    expect((await get(await (await newPractice()).as('patient'))).status).toBe(404)
  })
})
