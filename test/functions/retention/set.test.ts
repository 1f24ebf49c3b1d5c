import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { fields, told } from '../appointments/fixture.ts'

describe('PUT /retention', () => {
  const set = async (practice: Awaited<ReturnType<typeof newPractice>>, years: object, version = 0) =>
    (await practice.as('admin')).call('retention.set', { body: { years, version } })

  it('200 lengthens it for this practice alone, on the version that was read', async () => {
    const practice = await newPractice()
    const answer = await set(practice, { 'medical-record': 10 })
    expect([answer.status, answer.body.version]).toEqual([200, 1])
    const auditor = await practice.as('auditor')
    expect((await auditor.call('retention.get')).body).toEqual(answer.body)
    expect(answer.body.classes[0].years).toBe(10)
    const other = await (await newPractice()).as('auditor')
    expect((await other.call('retention.get')).body.classes[0].years).toBe(7)
    expect(told(await set(practice, {}))).toBe('409 conflict')
  })

  it('422 names each class that would be kept for less than the law asks for', async () => {
    const answer = await set(await newPractice(), { 'medical-record': 6, claims: 5, consents: 6 })
    expect(told(answer)).toBe('422 retention-too-short')
    expect(fields(answer)).toEqual(['body.years.medical-record', 'body.years.claims'])
  })
})
