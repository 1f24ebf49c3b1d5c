import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { request } from './fixture.ts'

describe('GET /erasures', () => {
  it('200 shows an administrator what waits, and a patient their own alone', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const patient = await practice.as('patient')
    const [first, second] = practice.patients.map(one => one.patientId)
    for (const patientId of [first, second]) await request(admin, patientId ?? '')
    const list = (client: typeof admin, query: Record<string, string>) => client.call('erasures.list', { query })
    const waiting = (await list(admin, { status: 'requested' })).body.items
    expect(waiting.map((one: { patientId: string }) => one.patientId)).toEqual([first, second])
    expect((await list(patient, { patientId: first ?? '' })).body.items).toHaveLength(1)
    expect(told(await list(patient, { patientId: second ?? '' }))).toBe('404 patient-not-found')
    expect(told(await list(patient, { status: 'requested' }))).toBe('404 patient-not-found')
    expect((await list(admin, {})).status).toBe(400)
    const other = await newPractice()
    expect((await list(await other.as('admin'), { patientId: first ?? '' })).body.items).toEqual([])
  })
})
