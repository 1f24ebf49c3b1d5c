import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sameText } from '../../../shared/kernel/sameText.ts'

it('says the same as a plain comparison, for any two texts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
      expect(sameText(one, one)).toBe(true)
      expect(sameText(one, other)).toBe(one === other)
    }),
  )
})

it('tells two spellings of the same base64url bytes apart', () => {
  expect(Buffer.from('AB', 'base64url')).toEqual(Buffer.from('AA', 'base64url'))
  expect(sameText('AB', 'AA')).toBe(false)
})

it('takes texts of the same length in characters and of another in bytes', () => {
  expect(sameText('12345é', '123456')).toBe(false)
})
