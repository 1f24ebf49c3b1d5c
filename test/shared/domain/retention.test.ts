import { describe, expect, it } from 'vitest'
import { dutiesOf, endOf, plusYears, scheduleOf, tooShort } from '../../../shared/domain/retention.ts'

describe('the duty to keep', () => {
  const adult = { birthDate: '1980-05-05' }
  const child = { birthDate: '2015-05-05' }
  const visit = { class: 'medical-record', on: '2020-03-01' } as const

  it('of a record ends seven years after the last visit, and of a minor’s seven after they come of age', () => {
    const earlier = { ...visit, on: '2012-01-01' }
    expect(dutiesOf([visit, earlier], adult, {}, '2026-01-01')).toMatchObject([{ until: '2027-03-01' }])
    expect(dutiesOf([visit], adult, {}, '2027-03-01')).toEqual([])
    expect(dutiesOf([visit], child, {}, '2026-01-01')).toMatchObject([{ until: '2040-05-05' }])
  })

  it('is as long as the practice says, and never shorter than the law, whatever is stored', () => {
    expect(endOf(dutiesOf([visit], adult, { 'medical-record': 12 }, '2026-01-01'))).toBe('2032-03-01')
    expect(endOf(dutiesOf([visit], adult, { 'medical-record': 1 }, '2026-01-01'))).toBe('2027-03-01')
    expect(tooShort({ 'medical-record': 6, claims: 6 })).toEqual(['medical-record'])
    expect(scheduleOf({ years: { claims: 12 }, version: 3 })).toMatchObject({ version: 3 })
  })

  it('of several classes ends with the last of them', () => {
    const claim = { class: 'claims', on: '2021-01-01' } as const
    expect(endOf(dutiesOf([visit, claim], adult, {}, '2026-01-01'))).toBe('2031-01-01')
    expect(endOf([])).toBeUndefined()
  })

  it('counts from the 29th of February to the day after the 28th', () => {
    expect([plusYears('2024-02-29', 7), plusYears('2024-02-29', 4)]).toEqual(['2031-03-01', '2028-02-29'])
  })
})
