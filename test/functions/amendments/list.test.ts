import { describe, expect, it } from 'vitest'
import { type Client, newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { restrict } from '../breakglass/fixture.ts'
import { decide, requestAmendment } from './fixture.ts'

describe('GET /amendments', () => {
  const ids = async (client: Client, query: Record<string, string>) =>
    (await client.call('amendments.list', { query })).body.items.map(
      ({ amendmentId }: { amendmentId: string }) => amendmentId,
    )

  it('200 shows what is due first, until it is decided, and a patient their own', async () => {
    const practice = await newPractice()
    const [patient, admin] = [await practice.as('patient'), await practice.as('admin')]
    const [one = '', two = ''] = practice.patients.map(({ patientId }) => patientId)
    const { body: first } = await requestAmendment(patient, one)
    const { body: second } = await requestAmendment(admin, two)
    expect(await ids(admin, { status: 'requested' })).toEqual([first.amendmentId, second.amendmentId])
    await decide(admin, one, first.amendmentId, { outcome: 'accepted', note: 'Corrected' })
    expect(await ids(admin, { status: 'requested' })).toEqual([second.amendmentId])
    const { body } = await patient.call('amendments.list', { query: { patientId: one } })
    expect(body.items).toMatchObject([{ status: 'accepted', decision: { note: 'Corrected' } }])
    for (const query of [{ patientId: two }, { status: 'requested' }]) {
      expect(told(await patient.call('amendments.list', { query: query as never }))).toBe('404 patient-not-found')
    }
    await restrict(practice, { patient: 1 })
    expect([await ids(admin, { status: 'requested' }), await ids(admin, { patientId: two })]).toEqual([[], []])
  })
})
