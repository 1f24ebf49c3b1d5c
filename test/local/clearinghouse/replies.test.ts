import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replyTo } from '../../../local/clearinghouse/x12/replies.ts'
import { cut } from '../../../local/clearinghouse/x12/segments.ts'
import { read277CA, read999, readTA1 } from '../../../shared/domain/x12/acknowledgements.ts'
import { claimIdOf } from '../../../shared/domain/x12/numbers.ts'
import { build837P } from '../../../shared/domain/x12/professional.ts'
import { readInterchanges } from '../../../shared/domain/x12/read.ts'
import { dependentClaim, envelope, selfClaim, withContent, withLines } from '../../shared/domain/claims/sample.ts'
import { started } from './client.ts'

const self = build837P(selfClaim(), envelope())
const dependent = build837P(dependentClaim(), envelope())

describe('a claim that is right', () => {
  it.each([
    ['of a subscriber', self],
    ['of a dependent', dependent],
    ['with many lines', build837P(withContent(withLines({}, {}, {}), { priorAuthorization: 'A1' }), envelope())],
  ])('%s comes back accepted over HTTP', async (_, text) => {
    const { submit, inbound, fetchInbound } = await started(['60054'])
    await submit(text)
    const [functional, claims] = await Promise.all((await inbound()).map(({ fileId }) => fetchInbound(fileId)))
    expect(read999(functional!)).toEqual([
      {
        groupControlNumber: 123,
        outcome: 'accepted',
        codes: ['AK9:A'],
        transactions: [{ controlNumber: '0001', outcome: 'accepted', codes: ['IK5:A'] }],
      },
    ])
    const [batch] = read277CA(claims!)
    expect(batch).toMatchObject({ batch: '000000123', outcome: 'accepted', codes: ['A1:19:PR'] })
    expect(batch!.claims).toEqual([
      {
        claimNumber: '01K9XA7Q2M3N4P5R6S7T',
        outcome: 'accepted',
        codes: ['A2:20:PR'],
        payerClaimNumber: expect.stringMatching(/^\d{20}$/),
      },
    ])
    expect(claimIdOf(batch!.claims[0]!.claimNumber)).toBe(selfClaim().claimId)
    for (const text of [functional!, claims!]) expect(readInterchanges(text)[0]!.irregularities).toEqual([])
  })

  it('is answered in its own separators', () => {
    const strange = self.replaceAll('~', '\n').replaceAll('*', '|').replaceAll(':', '>')
    const [functional, claims] = replies(strange)
    expect(functional!.text).toContain('\nAK1|HC|123|')
    expect(read277CA(claims!.text)[0]!.claims[0]!.codes).toEqual(['A2:20:PR'])
  })

  it('has a TA1 when it asks for one', () => {
    const [first, ...others] = replies(self.replace('*000000123*0*T', '*000000123*1*T'))
    expect(readTA1(first!.text)).toEqual([{ interchangeNumber: 123, outcome: 'accepted', code: 'TA1:A:000' }])
    expect(others.map(({ kind }) => kind)).toEqual(['999', '277CA'])
  })
})

describe('an envelope that is wrong has only a TA1', () => {
  it.each([
    ['001', self.replace('IEA*1*000000123', 'IEA*1*000000124')],
    ['017', self.replace('*00501*', '*00401*')],
    ['021', self.replace('IEA*1*', 'IEA*2*')],
    ['022', self.replace('GE*1*123~', '')],
    ['022', self.replace(/GS.*?~/, '')],
    ['023', self.replace(/IEA.*?~/, '')],
  ])('%s', (note, text) => {
    const [only, ...others] = replies(text)
    expect(readTA1(only!.text)).toEqual([{ interchangeNumber: 123, outcome: 'rejected', code: `TA1:R:${note}` }])
    expect(others).toEqual([])
  })

  it('025 when the number was used, by another key', async () => {
    const { submit, inbound, fetchInbound, acknowledge } = await started()
    await submit(self)
    for (const { fileId } of await inbound()) await acknowledge(fileId)
    expect((await submit(dependent, 'key-2')).status).toBe(202)
    const [only, ...others] = await inbound()
    expect(readTA1(await fetchInbound(only!.fileId))).toMatchObject([{ interchangeNumber: 123, outcome: 'duplicate' }])
    expect(others).toEqual([])
  })
})

describe('a set that is wrong has only a rejecting 999', () => {
  it.each([
    ['AK9:R:1', self.replace('GS*HC', 'GS*HB')],
    ['AK9:R:2', self.replace('X*005010X222A1', 'X*004010X098A1')],
    ['AK9:R:3', self.replace(/~SE\*.*?~/, '~')],
    ['AK9:R:4', self.replace('GE*1*123', 'GE*1*124')],
    ['AK9:R:5', self.replace('GE*1*123', 'GE*2*123')],
    ['IK5:R:1', self.replace('ST*837', 'ST*835')],
    ['IK5:R:3', self.replace(/~SE\*(\d+)\*0001/, '~SE*$1*0002')],
    ['IK5:R:4', self.replace(/~SE\*\d+/, '~SE*99')],
    ['IK3:PER:3:1000:3', without(self, 'PER*IC*SAM')],
    ['IK3:REF:8:2010:3', without(self, 'REF*EI')],
    ['IK3:SBR:13:2000:3', without(self, 'SBR*')],
    ['IK3:DMG:15:2010:3', without(self, 'DMG*')],
    ['IK3:NM1:13:2010:3', without(self, 'NM1*PR')],
    ['IK3:HI:20:2300:3', without(self, 'HI*')],
    ['IK3:DTP:24:2400:3', without(self, 'DTP*')],
    ['IK3:SV1:24:2400:3', without(self, 'SV1*')],
    ['IK3:PAT:17:2000:3', without(dependent, 'PAT*')],
    ['IK3:DMG:19:2010:3', without(dependent, 'DMG*')],
    ['IK3:LX:20:2400:3', ['LX*', 'SV1*', 'DTP*', 'REF*6R'].reduce(without, self)],
    ['IK3:N3:17:2010:7', self.replace(/(N3\*12 ALDER ST~)(N4\*.*?~)/, '$2$1')],
    ['IK3:CR1:25:2400:2', self.replace('~SV1', '~CR1*LB~SV1').replace('~SE*28', '~SE*29')],
    ['IK4:1::7', self.replace('HL*2*1*22', 'HL*3*1*22')],
    ['IK4:2::7', self.replace('HL*2*1*22', 'HL*2*2*22')],
    ['IK4:4::7', self.replace('HL*1**20*1', 'HL*1**20*0')],
    ['IK4:2::7', self.replace('SBR*P*18*', 'SBR*P**')],
    ['IK4:3::8', self.replace('D8*20261120', 'D8*20261131')],
    ['IK4:2::6', self.replace('*175.5***', '*175.555***')],
    ['IK4:7::1', self.replace('*1***1:2~', '*1~')],
  ])('%s', (code, text) => {
    const [only, ...others] = replies(text)
    expect(only!.kind).toBe('999')
    const [group] = read999(only!.text)
    expect(group!.outcome).toBe('rejected')
    expect([...group!.codes, ...group!.transactions.flatMap(({ codes }) => codes)]).toContain(code)
    expect(others).toEqual([])
  })
})

describe('a claim that is wrong is rejected in the 277CA', () => {
  it.each([
    ['A7:562:85', self.replace('XX*1234567893', 'XX*1234567890')],
    ['A7:562:82', self.replace('XX*1245319599', 'XX*1245319590')],
    ['A8:153:PR', self.replace('PI*60054', 'PI*60055')],
    ['A7:500:85', self.replace('*972051234', '*97205')],
    ['A7:400', self.replace('7T*175.5*', '7T*175.51*')],
    ['A7:477', self.replace('***1:2~', '***1:3~')],
    ['A7:255', self.replace('HI*ABK', 'HI*BK')],
  ])('%s', (code, text) => {
    const [functional, claims] = replies(text)
    expect(read999(functional!.text)[0]!.outcome).toBe('accepted')
    expect(read277CA(claims!.text)[0]!.claims).toEqual([
      { claimNumber: '01K9XA7Q2M3N4P5R6S7T', outcome: 'rejected', codes: [code] },
    ])
  })

  it('names every fault, and judges each claim of a set by itself', () => {
    const second = dependent.slice(dependent.indexOf('HL*2*1*22'), dependent.indexOf('~SE*') + 1)
    const shifted = second.replace('HL*2*1', 'HL*3*1').replace('HL*3*2*23', 'HL*4*3*23').replace('PI*60054', 'PI*1')
    const both = self.replace('SE*28', `${shifted}SE*${28 + second.split('~').length - 1}`)
    const [, claims] = replies(both.replace('XX*1245319599', 'XX*1111111111'))
    expect(read277CA(claims!.text)[0]!.claims.map(({ codes }) => codes)).toEqual([['A7:562:82'], ['A8:153:PR']])
  })
})

it('answers whatever can be read, however it is spoiled', () => {
  const place = fc.nat(40)
  const spoil = fc.oneof(
    fc.record({ remove: place }),
    fc.record({ repeat: place, at: place }),
    fc.record({ swap: place }),
    fc.record({ empty: place, element: fc.integer({ min: 1, max: 9 }) }),
  )
  fc.assert(
    fc.property(fc.constantFrom(self, dependent), fc.array(spoil, { minLength: 1, maxLength: 4 }), (text, spoils) => {
      const segments = text.slice(0, -1).split('~').slice(1)
      for (const each of spoils) {
        if ('remove' in each) segments.splice(each.remove, 1)
        else if ('repeat' in each) segments.splice(each.at, 0, segments[each.repeat] ?? 'REF*A*B')
        else if ('swap' in each) segments.splice(each.swap, 2, ...segments.slice(each.swap, each.swap + 2).reverse())
        else {
          const elements = segments[each.empty]?.split('*') ?? ['REF']
          if (each.element < elements.length) elements[each.element] = ''
          segments[each.empty] = elements.join('*')
        }
      }
      // Sparse places come from spoiling beyond the end.
      const body = segments.filter(segment => segment !== undefined)
      const end = body.findIndex(segment => segment.startsWith('SE*'))
      if (end > 0) body[end] = `SE*${end}*0001`
      const answers = replies(`${text.slice(0, 106)}${body.join('~')}~`)
      expect(answers.length).toBeGreaterThan(0)
      for (const { kind, text: answer } of answers) {
        if (kind === 'TA1') expect(readTA1(answer)).toHaveLength(1)
        if (kind === '999') expect(read999(answer)).toHaveLength(1)
        if (kind === '277CA') expect(read277CA(answer)).toHaveLength(1)
        expect(readInterchanges(answer)[0]!.irregularities).toEqual([])
      }
    }),
    { numRuns: 1_000 },
  )
})

function replies(text: string) {
  const interchange = cut(text)
  if ('errors' in interchange) throw new Error(interchange.errors.join())
  let control = 0
  const circumstances = { now: new Date('2026-11-22T10:00:00Z'), duplicate: false, payers: ['60054'] }
  return replyTo(interchange, { ...circumstances, nextControlNumber: () => ++control })
}

/** The text without the first segment that begins so, its count put right. */
function without(text: string, beginning: string): string {
  const place = text.indexOf(`~${beginning}`)
  const cutOut = text.slice(0, place) + text.slice(text.indexOf('~', place + 1))
  return cutOut.replace(/~SE\*(\d+)/, (_, count) => `~SE*${Number(count) - 1}`)
}
