import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { breakGlass, restrict, review } from './fixture.ts'

describe('GET /break-glass', () => {
  it('200 shows what waits, the oldest first, until it is decided, and then what was decided', async () => {
    const [practice, other] = await Promise.all([newPractice(), newPractice()])
    const { patientId } = await restrict(practice)
    const [practitioner, supervisor, admin] = [
      await practice.as('practitioner'),
      await practice.as('supervisor'),
      await practice.as('admin'),
    ]
    const { body: first } = await breakGlass(practitioner, patientId)
    const { body: second } = await breakGlass(supervisor, patientId)
    const ids = async (status?: string) => {
      const { body } = await admin.call('breakglass.list', { ...(status && { query: { status } }) })
      return body.items.map((item: { breakGlassId: string }) => item.breakGlassId)
    }
    expect(await ids()).toEqual([first.breakGlassId, second.breakGlassId])
    await review(admin, first.userId, first.breakGlassId)
    expect([await ids(), await ids('reviewed')]).toEqual([[second.breakGlassId], [first.breakGlassId]])
    expect((await (await other.as('admin')).call('breakglass.list')).body).toEqual({ items: [] })
    const auditor = await practice.as('auditor')
    expect((await auditor.call('breakglass.list')).body.items).toHaveLength(1)
    expect(told(await practitioner.call('breakglass.list'))).toBe('404 forbidden')
  })
})
