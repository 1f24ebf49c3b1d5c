import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'

describe('GET /retention', () => {
  it('200 shows staff for how long each class is kept, and by what law; 404 to patients', async () => {
    const practice = await newPractice()
    const { body } = await (await practice.as('front-desk')).call('retention.get')
    const [record] = body.classes
    expect(record).toMatchObject({ class: 'medical-record', years: 7, least: 7, minorsFromAge: 18 })
    expect(body.version).toBe(0)
    for (const { years, least, basis } of body.classes) expect([years >= least, basis.length > 5]).toEqual([true, true])
    expect(told(await (await practice.as('patient')).call('retention.get'))).toBe('404 forbidden')
  })
})
