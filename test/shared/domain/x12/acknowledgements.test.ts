import { describe, expect, it } from 'vitest'
import { read277CA, read999, readTA1 } from '../../../../shared/domain/x12/acknowledgements.ts'
import { X12ReadError } from '../../../../shared/domain/x12/error.ts'
import { type Segment, writeInterchange } from '../../../../shared/domain/x12/write.ts'

describe('read999', () => {
  it.each([
    ['A', 'accepted'],
    ['E', 'accepted'],
    ['R', 'rejected'],
    ['M', 'rejected'],
    ['X', 'rejected'],
  ])('reads IK5*%s as %s', (code, outcome) => {
    const text = file('999', ['AK1', 'HC', '123'], ['AK2', '837', '0001'], ['IK5', code], ['AK9', 'P', '1', '1', '1'])
    expect(read999(text)[0]!.transactions).toEqual([{ controlNumber: '0001', outcome, codes: [`IK5:${code}`] }])
  })

  it('tells where a set was wrong, without the data that was', () => {
    const text = file(
      '999',
      ['AK1', 'HC', '123', '005010X222A1'],
      ['AK2', '837', '0001', '005010X222A1'],
      ['IK3', 'NM1', '8', '2010', '8'],
      ['CTX', ['SITUATIONAL TRIGGER', 'NM1']],
      ['IK4', ['9', '1'], '67', '7', 'SECRET'],
      ['IK5', 'R', '5', 'I5'],
      ['AK2', '837', '0002'],
      ['IK5', 'A'],
      ['AK9', 'P', '2', '2', '1'],
    )
    expect(read999(text)).toEqual([
      {
        groupControlNumber: 123,
        outcome: 'partial',
        codes: ['AK9:P'],
        transactions: [
          { controlNumber: '0001', outcome: 'rejected', codes: ['IK5:R:5:I5', 'IK3:NM1:8:2010:8', 'IK4:9:67:7'] },
          { controlNumber: '0002', outcome: 'accepted', codes: ['IK5:A'] },
        ],
      },
    ])
  })

  it('rejects every set of a rejected group, and a group that names none', () => {
    const named = file(
      '999',
      ['AK1', 'HC', '5'],
      ['AK2', '837', '0001'],
      ['IK5', 'A'],
      ['AK9', 'R', '1', '1', '0', '4'],
    )
    expect(read999(named)).toMatchObject([
      { outcome: 'rejected', codes: ['AK9:R:4'], transactions: [{ outcome: 'rejected' }] },
    ])
    const unnamed = file('999', ['AK1', 'HC', '5'], ['AK9', 'R', '1', '1', '0', '2'])
    expect(read999(unnamed)).toMatchObject([{ groupControlNumber: 5, outcome: 'rejected', transactions: [] }])
  })

  it('reads a 997, a set without IK5, a group without AK9', () => {
    expect(
      read999(file('997', ['AK1', 'HC', '5'], ['AK2', '837', '1'], ['AK5', 'R', '5'], ['AK9', 'R'])),
    ).toMatchObject([{ transactions: [{ controlNumber: '1', outcome: 'rejected', codes: ['IK5:R:5'] }] }])
    expect(read999(file('999', ['AK1', 'HC', '5'], ['AK2', '837', '1'], ['AK9', 'A']))).toMatchObject([
      { outcome: 'accepted', transactions: [{ outcome: 'accepted', codes: [] }] },
    ])
    expect(read999(file('999', ['AK1', 'HC', '5'], ['AK2', '837', '1'], ['IK5', 'R']))).toMatchObject([
      { outcome: 'rejected' },
    ])
    expect(() => read999(file('999', ['AK1', 'HC', '5'], ['AK2', '837', '1']))).toThrow(X12ReadError)
    expect(() => read999(file('999', ['AK1', 'HC', 'ABC'], ['AK9', 'A']))).toThrow(/AK102/)
  })

  it('finds nothing in other files', () => {
    expect(read999(file('277', ['BHT', '0085']))).toEqual([])
  })
})

describe('read277CA', () => {
  it('reads batch, claims, codes and the payer’s number', () => {
    const text = file(
      '277',
      ...batch('000000123', 'A1:19:PR'),
      ...claim('CLAIM1', 'A2:20:PR', ['REF', '1K', 'ICN-1'], ['DTP', '472', 'D8', '20261120']),
      ...claim('CLAIM2', 'A7:562:85'),
      ...claim('CLAIM3', 'A1:20', [
        'STC',
        ['A1', '20'],
        '20261122',
        '',
        '',
        '',
        '',
        '',
        '',
        '',
        ['A7', '21', '82'],
        ['A8', '145'],
      ]),
      ...claim('CLAIM4', 'R3:123'),
    )
    expect(read277CA(text)).toEqual([
      {
        batch: '000000123',
        outcome: 'accepted',
        codes: ['A1:19:PR'],
        claims: [
          { claimNumber: 'CLAIM1', outcome: 'accepted', codes: ['A2:20:PR'], payerClaimNumber: 'ICN-1' },
          { claimNumber: 'CLAIM2', outcome: 'rejected', codes: ['A7:562:85'] },
          { claimNumber: 'CLAIM3', outcome: 'rejected', codes: ['A1:20', 'A1:20', 'A7:21:82', 'A8:145'] },
          { claimNumber: 'CLAIM4', outcome: 'pending-info', codes: ['R3:123'] },
        ],
      },
    ])
  })

  it.each([
    ['A0', 'accepted'],
    ['A1', 'accepted'],
    ['A2', 'accepted'],
    ['A5', 'accepted'],
    ['A3', 'rejected'],
    ['A4', 'rejected'],
    ['A6', 'rejected'],
    ['A7', 'rejected'],
    ['A8', 'rejected'],
    ['P1', 'pending-info'],
    ['E1', 'pending-info'],
  ])('reads category %s as %s', (category, outcome) => {
    const text = file('277', ...batch('1', 'A1:19'), ...claim('C', `${category}:20`))
    expect(read277CA(text)[0]!.claims[0]!.outcome).toBe(outcome)
  })

  it('keeps a line’s codes, which decide only where the claim says nothing', () => {
    const line: Segment[] = [
      ['SVC', ['HC', '90837'], '100'],
      ['STC', ['A7', '454'], '20261122'],
    ]
    const both = file('277', ...batch('1', 'A1:19'), ...claim('C', 'A2:20', ...line))
    expect(read277CA(both)[0]!.claims).toEqual([{ claimNumber: 'C', outcome: 'accepted', codes: ['A2:20', 'A7:454'] }])
    const lineOnly = file('277', ...batch('1', 'A1:19'), ...claim('C', '', ...line))
    expect(read277CA(lineOnly)[0]!.claims).toEqual([{ claimNumber: 'C', outcome: 'rejected', codes: ['A7:454'] }])
  })

  it('reads a second claim under the same patient, a batch that is rejected whole, and a claim without a batch', () => {
    const twice: Segment[] = [
      ['TRN', '2', 'C2'],
      ['STC', ['A3', '54'], '20261122'],
    ]
    expect(read277CA(file('277', ...batch('1', 'A1:19'), ...claim('C1', 'A2:20', ...twice)))[0]!.claims).toEqual([
      { claimNumber: 'C1', outcome: 'accepted', codes: ['A2:20'] },
      { claimNumber: 'C2', outcome: 'rejected', codes: ['A3:54'] },
    ])
    expect(read277CA(file('277', ...batch('1', 'A3:24')))).toMatchObject([{ outcome: 'rejected', claims: [] }])
    expect(read277CA(file('277', ...claim('C1', 'A2:20')))).toMatchObject([
      { batch: '', claims: [{ claimNumber: 'C1' }] },
    ])
  })

  it('reads with other separators', () => {
    const text = file('277', ...batch('1', 'A1:19'), ...claim('C', 'A7:562:85'))
    const other = text.replaceAll(':', '|').replaceAll('~', '\n').replaceAll('*', '+')
    expect(read277CA(other)[0]!.claims[0]!.codes).toEqual(['A7:562:85'])
  })
})

describe('readTA1', () => {
  it.each([
    ['A', '000', 'accepted'],
    ['E', '013', 'accepted'],
    ['R', '022', 'rejected'],
    ['R', '025', 'duplicate'],
  ])('reads %s %s as %s', (verdict, note, outcome) => {
    const header = file('999').slice(0, 106)
    const text = `${header}TA1*000000123*261122*0905*${verdict}*${note}~IEA*0*000000009~`
    expect(readTA1(text)).toEqual([{ interchangeNumber: 123, outcome, code: `TA1:${verdict}:${note}` }])
  })
})

function file(type: string, ...segments: Segment[]): string {
  return writeInterchange({
    senderId: 'CLEARHOUSE',
    receiverId: 'ALDER01',
    usage: 'T',
    controlNumber: 9,
    at: '2026-11-22T09:05:00.000Z',
    functionalId: type === '277' ? 'HN' : 'FA',
    version: type === '277' ? '005010X214' : '005010X231A1',
    transactions: [{ type, segments }],
  })
}

const batch = (number: string, status: string): Segment[] => [
  ['HL', '1', '', '20', '1'],
  ['TRN', '1', 'SOURCE'],
  ['HL', '2', '1', '21', '1'],
  ['TRN', '2', number],
  ['STC', status.split(':'), '20261122', 'WQ', '100'],
  ['HL', '3', '2', '19', '1'],
  ['TRN', '1', 'PROVIDER'],
  ['STC', ['A1', '19'], '20261122'],
]

const claim = (number: string, status: string, ...more: Segment[]): Segment[] => [
  ['HL', '4', '3', 'PT'],
  ['NM1', 'QC', '1', 'EXAMPLE'],
  ['TRN', '2', number],
  ...(status ? [['STC', status.split(':'), '20261122', 'WQ', '100'] satisfies Segment] : []),
  ...more,
]
