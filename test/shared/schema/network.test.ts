import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, blockOf, Cidr, isIn } from '../../../shared/schema/network.ts'

const covers = (block: string, address: string) => {
  const [outer, inner] = [blockOf(block), addressOf(address)]
  return outer !== undefined && inner !== undefined && isIn(inner, outer)
}

describe('a block of addresses', () => {
  it.each([
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['0.0.0.0/0', '198.51.100.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['::/0', '203.0.113.1', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['203.0.113.0/24', '::ffff:203.0.113.9', true],
    ['::ffff:203.0.113.0/120', '203.0.113.9', true],
  ])('%s holds %s: %s', (block, address, held) => {
    expect(covers(block, address)).toBe(held)
  })

  it.each([
    '',
    '/24',
    '203.0.113.1/24',
    '203.0.113.0/33',
    '203.0.113.0/-1',
    '203.0.113.0/024',
    '203.0.113.0/24/8',
    '203.0.113',
    '203.0.113.256',
    '0203.0.113.0',
    '2001:db8::1/32',
    '2001:db8::/129',
    '2001:db8:::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    ':1:2:3:4:5:6:7:8',
    '12345::',
    'g::',
    '::203.0.113',
    'localhost',
    '203.0.113.0/24 ',
    '::ffff:203.0.113.0/24',
  ])('%j is none', text => {
    expect(Cidr.safeParse(text).success).toBe(false)
  })

  it('holds exactly the addresses that share its first bits', () => {
    const octet = fc.integer({ min: 0, max: 255 })
    fc.assert(
      fc.property(
        fc.tuple(octet, octet, octet, octet),
        fc.integer({ min: 0, max: 32 }),
        octet,
        (base, length, last) => {
          const number = base.reduce((value, each) => value * 256 + each, 0)
          const size = 2 ** (32 - length)
          const first = Math.floor(number / size) * size
          const text = [24, 16, 8, 0].map(shift => Math.floor(first / 2 ** shift) % 256).join('.')
          const other = [...base.slice(0, 3), last].reduce((value, each) => value * 256 + each, 0)
          const within = Math.floor(other / size) === Math.floor(first / size)
          expect(covers(`${text}/${length}`, [...base.slice(0, 3), last].join('.'))).toBe(within)
        },
      ),
    )
  })
})
