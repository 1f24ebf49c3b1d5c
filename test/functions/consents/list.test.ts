import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { restrict } from '../breakglass/fixture.ts'
import { withdraw } from './fixture.ts'

describe('GET /patients/{patientId}/consents', () => {
  it('200 shows the last word on each purpose, and with its history every word', async () => {
    const practice = await newPractice()
    const patient = await practice.as('patient')
    const params = { patientId: patient.user.patientId ?? '' }
    await withdraw(patient, params.patientId, 'telehealth')
    const ask = async (query: Record<string, string> = {}) => {
      const { body } = await patient.call('consents.list', { params, query })
      return body.items.map(({ purpose, status }: { purpose: string; status: string }) => `${purpose} ${status}`)
    }
    expect(await ask()).toEqual(['portal-messages active', 'telehealth inactive', 'treatment active'])
    expect(await ask({ which: 'history' })).toEqual([
      'portal-messages active',
      'telehealth active',
      'telehealth inactive',
      'treatment active',
    ])
  })

  it('404 to another patient; nothing of another practice or of a hidden record', async () => {
    const [practice, other] = await Promise.all([newPractice(), newPractice()])
    const params = { patientId: practice.patients[1]!.patientId }
    const patient = await practice.as('patient')
    expect(told(await patient.call('consents.list', { params }))).toBe('404 patient-not-found')
    const list = async (one: typeof practice) =>
      (await (await one.as('supervisor')).call('consents.list', { params })).body.items.length
    expect([await list(practice), await list(other)]).toEqual([3, 0])
    await restrict(practice, { patient: 1 })
    expect(await list(practice)).toBe(0)
  })
})
