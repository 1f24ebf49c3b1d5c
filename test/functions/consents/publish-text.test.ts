import { describe, expect, it } from 'vitest'
import { itemsAt, newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { publish } from './fixture.ts'

describe('POST /consent-texts', () => {
  it('201 is the next version, which nothing changes any more, and says who published it', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const answer = await publish(admin, 'telehealth', true)
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ version: 2, reconsent: true, publishedBy: admin.user.userId })
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'C', outcome: 'success', entity: { type: 'ConsentText', id: 'telehealth.2' } },
    ])
    expect((await publish(admin, 'telehealth', false)).body.version).toBe(3)
    const items = await itemsAt(`CONSENTTEXT#${practice.practice.practiceId}`)
    expect(items.find(({ sk }) => sk === 'CURRENT')?.purposes).toEqual({ telehealth: { current: 3, oldest: 2 } })
  })

  it('201 once of five at once', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const answers = await Promise.all(Array.from({ length: 5 }, () => publish(admin, 'recording', false)))
    const done = answers.filter(({ status }) => status === 201)
    expect(new Set(done.map(({ body }) => body.version)).size).toBe(done.length)
    const items = await itemsAt(`CONSENTTEXT#${practice.practice.practiceId}`)
    expect(items.filter(({ sk }) => sk !== 'CURRENT')).toHaveLength(done.length)
  })

  it('404 to whoever is no administrator, 400 without words', async () => {
    const practice = await newPractice()
    for (const role of ['supervisor', 'front-desk', 'patient'] as const) {
      expect(told(await publish(await practice.as(role), 'recording', true))).toBe('404 forbidden')
    }
    const body = { purpose: 'recording', reconsent: false, translations: [] }
    expect((await (await practice.as('admin')).call('consents.publish-text', { body })).status).toBe(400)
  })
})
