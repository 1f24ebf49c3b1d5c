import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'

describe('PUT /audit-reviews/thresholds', () => {
  const set = async (body: object, role: 'admin' | 'auditor' = 'admin') => {
    const practice = await newPractice()
    const answer = await (await practice.as(role)).call('audit.set-thresholds', { body })
    return { practice, answer }
  }

  it('200 takes defaults for what is left out, and is audited by names', async () => {
    const { practice, answer } = await set({ patientsInAnHour: 15 })
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        workingDays: [1, 2, 3, 4, 5, 6],
        opens: '07:00',
        closes: '20:00',
        afterHours: 5,
        patientsInAnHour: 15,
        refusalsInTenMinutes: 10,
        sameFamilyName: true,
        bulkActions: ['exports.start', 'exports.download'],
      },
    ])
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'U', entity: { type: 'AuditReview', id: 'thresholds' }, changed: expect.arrayContaining(['opens']) },
    ])
  })

  it.each([{ patientsInAnHour: 0 }, { workingDays: [8] }, { opens: '7' }, { bulkActions: ['x'] }, { vip: true }])(
    '400 for %j',
    async body => expect((await set(body)).answer.status).toBe(400),
  )

  it('404 for an auditor, who changes nothing', async () => {
    expect((await set({}, 'auditor')).answer.status).toBe(404)
  })
})
