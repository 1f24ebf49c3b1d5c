import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { place, release } from '../erasures/fixture.ts'

describe('POST /patients/{patientId}/legal-hold/release', () => {
  it('200 ends it with a reason and a record; another can be placed, and each is kept', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const patientId = practice.patients[0]!.patientId
    await place(admin, patientId)
    const answer = await release(admin, patientId)
    expect(answer.body).toMatchObject({ released: { reason: 'The suit was settled', releasedBy: admin.user.userId } })
    expect(await practice.recordsOf(answer)).toMatchObject([{ verb: 'U', patientId, entity: { type: 'LegalHold' } }])
    expect(told(await release(admin, patientId))).toBe('404 legal-hold-not-found')
    expect((await place(admin, patientId)).status).toBe(201)
    const { items } = (await admin.call('holds.list', { params: { patientId } })).body
    expect(items.map(({ released }: { released?: object }) => released !== undefined)).toEqual([true, false])
  })

  it('404 in another practice, and to whoever may not', async () => {
    const practice = await newPractice()
    const patientId = practice.patients[0]!.patientId
    await place(await practice.as('admin'), patientId)
    expect(told(await release(await (await newPractice()).as('admin'), patientId))).toBe('404 legal-hold-not-found')
    expect(told(await release(await practice.as('supervisor'), patientId))).toBe('404 forbidden')
  })
})
