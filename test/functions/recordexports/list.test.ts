import { describe, expect, it } from 'vitest'
import { type Client, newPractice } from '../../harness/index.ts'
import { order } from './fixture.ts'

describe('GET /patients/{patientId}/exports', () => {
  it('200 with the copies of whoever asks, and 404 for another patient', async () => {
    const practice = await newPractice()
    const [patient, admin] = [await practice.as('patient'), await practice.as('admin')]
    const patientId = patient.user.patientId ?? ''
    const own = (await order(patient, patientId)).body.exportId
    const theirs = (await order(admin, patientId, { reason: 'In writing' })).body.exportId
    const list = (client: Client) => client.call('recordexports.list', { params: { patientId } })
    expect((await list(patient)).body.items.map((item: { exportId: string }) => item.exportId)).toEqual([own])
    expect((await list(admin)).body.items.map((item: { exportId: string }) => item.exportId)).toEqual([theirs])
    expect((await list(await (await newPractice()).as('patient'))).status).toBe(404)
  })
})
