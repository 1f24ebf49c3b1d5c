import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claimIdOf, claimNumber, lineControlNumber } from '../../../../shared/domain/x12/numbers.ts'
import { fold, unwritable } from '../../../../shared/domain/x12/text.ts'
import { amountOf } from '../../../../shared/domain/x12/write.ts'
import { ClaimId } from '../../../../shared/schema/ids.ts'

const claimIds = fc
  .string({ unit: fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'), minLength: 20, maxLength: 20 })
  .map(text => ClaimId.parse(`clm_${text}`))

describe('claimNumber', () => {
  it('fits CLM01 and leads back to the claim', () => {
    fc.assert(
      fc.property(claimIds, claimId => {
        expect(claimNumber(claimId)).toHaveLength(20)
        expect(claimIdOf(claimNumber(claimId))).toBe(claimId)
        expect(claimIdOf(` ${claimNumber(claimId).toLowerCase()} `)).toBe(claimId)
      }),
    )
  })

  it('knows a number that is not ours', () => {
    for (const other of ['', '5781', '1107000000014420XXXXX', 'clm_01K9XA7Q2M3N4P5R6S7T']) {
      expect(claimIdOf(other)).toBeUndefined()
    }
  })
})

describe('lineControlNumber', () => {
  it('differs for every line and fits REF02', () => {
    const claimId = ClaimId.parse('clm_01K9XA7Q2M3N4P5R6S7T')
    const numbers = Array.from({ length: 50 }, (_, index) => lineControlNumber(claimId, index + 1))
    expect(new Set(numbers).size).toBe(50)
    expect(numbers.every(number => number.length === 12)).toBe(true)
  })
})

describe('amountOf', () => {
  it.each([
    [0, '0'],
    [5, '0.05'],
    [10, '0.1'],
    [100, '1'],
    [17_550, '175.5'],
    [1_000_000, '10000'],
    [12_345, '123.45'],
  ])('%i cents are %s', (cents, text) => expect(amountOf(cents)).toBe(text))

  it('loses no cent', () => {
    fc.assert(
      fc.property(fc.nat(9_999_999_999), cents => {
        expect(Math.round(Number(amountOf(cents)) * 100)).toBe(cents)
      }),
    )
  })
})

describe('fold', () => {
  it.each([
    ['Åsa Müller-O’Brien', "ASA MULLER-O'BRIEN"],
    ['Łukasz Øystein Þór', 'LUKASZ OYSTEIN THOR'],
    ['Straße', 'STRASSE'],
    ['Nguyễn', 'NGUYEN'],
    ['a*b', 'A*B'],
  ])('%s is %s', (text, folded) => expect(fold(text)).toBe(folded))

  it('is its own fixed point and drops nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        expect(fold(fold(text))).toBe(fold(text))
        expect([...fold(text)].length).toBeGreaterThanOrEqual([...text.normalize('NFC').replace(/\p{M}/gu, '')].length)
      }),
    )
  })

  it.each(['*', ':', '^', '~', '`', '明', '\u0301', '\n', '\u00a0'])('leaves %j to be refused', character => {
    expect(unwritable(fold(`A ${character}`))).toBeDefined()
  })
})
