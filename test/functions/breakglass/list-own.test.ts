import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { breakGlass, restrict, review } from './fixture.ts'

describe('GET /break-glass/own', () => {
  it('200 shows whoever asks their own, the latest first, with what was decided, and nobody else’s', async () => {
    const practice = await newPractice()
    const { patientId } = await restrict(practice)
    const [practitioner, supervisor, admin] = [
      await practice.as('practitioner'),
      await practice.as('supervisor'),
      await practice.as('admin'),
    ]
    const { body: first } = await breakGlass(practitioner, patientId)
    const { body: second } = await breakGlass(practitioner, patientId)
    await review(admin, first.userId, first.breakGlassId, 'unjustified')
    const { status, body } = await practitioner.call('breakglass.list-own')
    expect([status, body.items]).toMatchObject([
      200,
      [second, { breakGlassId: first.breakGlassId, review: { decision: 'unjustified', note: 'Looked into' } }],
    ])
    expect((await supervisor.call('breakglass.list-own')).body).toEqual({ items: [] })
    expect(told(await admin.call('breakglass.list-own'))).toBe('404 forbidden')
  })
})
