import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { AsnParser } from '../../../shared/lambda/derSignature.ts'

/** An integer of DER as so many bytes. */
const fixed = (integer: Uint8Array, length: number): Buffer => {
  const bytes = Buffer.from(integer)
  const short = bytes.subarray(Math.max(0, bytes.length - length))
  return Buffer.concat([Buffer.alloc(length - short.length), short])
}

describe('a signature in DER', () => {
  it.each([
    ['P-256', 32],
    ['P-384', 48],
    ['P-521', 66],
  ])('of %s is the same two numbers, five hundred times', (namedCurve, length) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
    for (let count = 0; count < 500; count++) {
      const data = Buffer.from(String(count))
      const { r, s } = AsnParser.parse(sign('sha256', data, privateKey))
      const signature = Buffer.concat([fixed(r, length), fixed(s, length)])
      expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
    }
  })

  it.each([
    ['nothing', ''],
    ['no sequence', '3106020101020101'],
    ['one number', '3003020101'],
    ['three numbers', '3009020101020101020101'],
    ['something that is no number', '3006030101020101'],
    ['a number without bytes', '30050200020101'],
    ['what follows', '300602010102010100'],
    ['a length beyond the end', '3007020101020101'],
    ['a length of no end', '3080020101020101'],
    ['a long form that should be short', '308106020101020101'],
    ['a certificate', '3082010a3081b3'],
  ])('is refused for %s', (_, hex) => {
    expect(() => AsnParser.parse(Buffer.from(hex, 'hex'))).toThrow()
  })
})
