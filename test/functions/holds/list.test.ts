import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { place } from '../erasures/fixture.ts'

describe('GET /patients/{patientId}/legal-holds', () => {
  it('200 shows an administrator the hold that stands, and nobody else: 404', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const patientId = practice.patients[0]!.patientId
    const list = (client: typeof admin) => client.call('holds.list', { params: { patientId } })
    expect((await list(admin)).body.items).toEqual([])
    const { body } = await place(admin, patientId)
    expect((await list(admin)).body.items).toEqual([body])
    expect((await list(await (await newPractice()).as('admin'))).body.items).toEqual([])
    for (const role of ['patient', 'practitioner'] as const)
      expect(told(await list(await practice.as(role)))).toBe('404 forbidden')
  })
})
