import { describe, expect, it } from 'vitest'
import { changeUser, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { breakGlass, look, restrict, review } from './fixture.ts'

/** A practice in which the practitioner has broken the glass. */
async function broken() {
  const practice = await newPractice()
  const { patientId } = await restrict(practice)
  const holder = await practice.as('practitioner')
  const { body } = await breakGlass(holder, patientId)
  return { practice, patientId, holder, admin: await practice.as('admin'), started: body }
}

describe('PUT /users/{userId}/break-glass/{breakGlassId}/review', () => {
  it.each(['justified', 'unjustified', 'incident'])('200 decides that it was %s, and ends what is open', async word => {
    const { practice, patientId, holder, admin, started } = await broken()
    expect(told(await look(holder, patientId))).toBe('200')
    const answer = await review(admin, started.userId, started.breakGlassId, word)
    expect(answer.body).toMatchObject({
      status: 'reviewed',
      endedAt: expect.any(String),
      review: { decision: word, reviewedBy: admin.user.userId, reviewedAt: expect.any(String) },
    })
    expect(told(await look(holder, patientId))).toBe('404 patient-not-found')
    expect(await practice.recordsOf(answer)).toMatchObject([
      { patientId, breakGlassId: started.breakGlassId, entity: { type: 'BreakGlass', id: started.breakGlassId } },
    ])
    expect(await itemsAt(`BREAKGLASS#${practice.practice.practiceId}#awaiting-review`, 'gsi1')).toEqual([])
  })

  it('409 a second time, and once of two at once', async () => {
    const { admin, started } = await broken()
    const decide = (word: string) => review(admin, started.userId, started.breakGlassId, word)
    const answers = await Promise.all([decide('justified'), decide('incident')])
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(told(await decide('justified'))).toBe('409 already-reviewed')
  })

  it('409 of one’s own, whatever one has become since', async () => {
    const { practice, started } = await broken()
    await changeUser(practice.users.practitioner, { role: 'admin' })
    const promoted = await sessionOf({ ...practice.users.practitioner, role: 'admin' })
    expect(told(await review(promoted, started.userId, started.breakGlassId))).toBe('409 own-break-glass')
  })

  it('404 for another user’s id, for another practice, and for whoever may only look', async () => {
    const { practice, admin, started } = await broken()
    const other = await newPractice()
    const stranger = await other.as('admin')
    expect(told(await review(admin, practice.users.biller.userId, started.breakGlassId))).toBe(
      '404 break-glass-not-found',
    )
    expect(told(await review(stranger, started.userId, started.breakGlassId))).toBe('404 break-glass-not-found')
    for (const role of ['auditor', 'supervisor', 'practitioner', 'patient'] as const) {
      expect(told(await review(await practice.as(role), started.userId, started.breakGlassId))).toBe('404 forbidden')
    }
  })

  it('400 without a decision or a word about it: nothing leaves the queue undecided', async () => {
    const { practice, admin, started } = await broken()
    const params = { userId: started.userId, breakGlassId: started.breakGlassId }
    for (const body of [{}, { decision: 'closed', note: 'x' }, { decision: 'justified', note: ' ' }]) {
      expect((await admin.call('breakglass.review', { params, body })).status).toBe(400)
    }
    expect(await itemsAt(`BREAKGLASS#${practice.practice.practiceId}#awaiting-review`, 'gsi1')).toHaveLength(1)
  })
})
