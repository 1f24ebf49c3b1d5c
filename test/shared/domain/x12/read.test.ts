import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { X12Error, X12ReadError } from '../../../../shared/domain/x12/error.ts'
import { readInterchanges } from '../../../../shared/domain/x12/read.ts'
import { type Segment, writeInterchange } from '../../../../shared/domain/x12/write.ts'

const isa = 'ISA*00*          *00*          *ZZ*A1             *ZZ*B1             *261122*0905*^*00501*000000007*0*T*:~'
const tail = 'GS*HC*A1*B1*20261122*0905*7*X*V~ST*999*0001*V~REF*ZZ*A:B~SE*3*0001~GE*1*7~IEA*1*000000007~'

describe('readInterchanges', () => {
  it('reads an envelope', () => {
    const [interchange, ...others] = readInterchanges(isa + tail)
    expect(others).toEqual([])
    expect(interchange).toMatchObject({ controlNumber: 7, irregularities: [], groups: [{ functionalId: 'HC' }] })
    const [transaction] = interchange!.groups[0]!.transactions
    expect(transaction).toMatchObject({ type: '999', controlNumber: '0001', version: 'V' })
    const [reference] = transaction!.segments
    expect(reference!.components(2)).toEqual(['A', 'B'])
    expect(reference!.text(9)).toBe('')
    expect(reference!.position).toBe(4)
  })

  it.each([
    ['a BOM', (text: string) => `\ufeff${text}`],
    ['line breaks', (text: string) => text.replaceAll('~', '~\r\n')],
    ['indentation', (text: string) => text.replaceAll('~', '~\n\t  ')],
    ['line breaks for terminators', (text: string) => text.replaceAll('~', '\n')],
    ['blank lines for terminators', (text: string) => text.replaceAll('~', '\n\n')],
    ['CRLF for terminators', (text: string) => text.replaceAll('~', '\r\n')],
    ['other separators', (text: string) => text.replaceAll('*', '|').replaceAll(':', '<').replaceAll('~', "'")],
    [
      'control characters',
      (text: string) => text.replaceAll('*', '\x1d').replaceAll(':', '\x1f').replaceAll('~', '\x1c'),
    ],
    ['no last terminator', (text: string) => text.slice(0, -1)],
    ['no last terminator but a line break', (text: string) => `${text.slice(0, -1)}\r\n`],
  ])('reads the same through %s', (_, change) => {
    const [interchange] = readInterchanges(change(isa + tail))
    expect(interchange!.irregularities).toEqual([])
    const [reference] = interchange!.groups[0]!.transactions[0]!.segments
    expect(reference!.components(2)).toEqual(['A', 'B'])
  })

  it('reads several interchanges, each by its own separators', () => {
    const other = (isa + tail).replaceAll('*', '|').replaceAll(':', '>').replaceAll('~', '\n')
    const read = readInterchanges(`${isa}${tail}\r\n${other}\n${isa}${tail}`)
    expect(read.map(({ separators }) => separators.component)).toEqual([':', '>', ':'])
    expect(read.map(({ groups }) => groups[0]!.transactions[0]!.segments[0]!.components(2))).toEqual([
      ['A', 'B'],
      ['A', 'B'],
      ['A', 'B'],
    ])
  })

  it('reads on past wrong counts and control numbers, and says so', () => {
    const text = isa + tail.replace('SE*3*0001', 'SE*9*0002').replace('GE*1*7', 'GE*2*8').replace('IEA*1', 'IEA*4')
    expect(readInterchanges(text)[0]!.irregularities).toEqual([
      { position: 5, message: 'SE01 is not the number of segments' },
      { position: 5, message: 'SE02 is not ST02' },
      { position: 6, message: 'GE01 is not the number of transaction sets' },
      { position: 6, message: 'GE02 is not GS06' },
      { position: 7, message: 'IEA01 is not the number of groups' },
    ])
  })

  it.each([
    ['', 1, 0, /empty/],
    ['hello', 1, 0, /ISA was expected/],
    [isa.replace('B1 ', 'B1'), 1, 0, /106 characters/],
    [isa.slice(0, 100), 1, 0, /106 characters/],
    [isa.replace('T*:', 'T*A'), 1, 0, /cannot be separators/],
    [isa.replace('*000000007*', '*00000000X*') + tail, 1, 0, /ISA13 is not a control number/],
    [`${isa}REF*A~`, 2, 106, /GS, TA1 or IEA/],
    [isa + tail.slice(0, 57), 5, 163, /before its SE/],
    [isa + tail.replace('SE*3*0001~', ''), 5, 163, /SE was expected/],
    [isa + tail.replace('IEA*1*000000007~', ''), 7, 180, /before its IEA/],
    [isa + tail.replace('REF', 'ref'), 4, 152, /segment id/],
    [`${isa}${tail}junk`, 8, 196, /ISA was expected/],
  ])('says where it cannot read on: %#', (text, position, offset, message) => {
    const error = errorOf(() => readInterchanges(text))
    expect(error).toBeInstanceOf(X12ReadError)
    expect(error).toMatchObject({ position, offset, message: expect.stringMatching(message) })
  })

  it('reads back whatever was written, whatever separates it', () => {
    fc.assert(
      fc.property(fc.array(fc.array(segment, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }), sets => {
        const text = writeInterchange({ ...outgoing, transactions: sets.map(segments => ({ type: '837', segments })) })
        const spread = text.replaceAll('*', '\x1d').replaceAll(':', '\x1f').replaceAll('~', '~\r\n  ')
        for (const [interchange] of [readInterchanges(text), readInterchanges(spread)]) {
          expect(interchange!.irregularities).toEqual([])
          const read = interchange!.groups[0]!.transactions.map(({ segments }) =>
            segments.map(each => [each.id, ...Array.from({ length: each.length }, (_, n) => each.components(n + 1))]),
          )
          expect(read).toEqual(sets.map(segments => segments.map(trimmed)))
        }
      }),
    )
  })

  it('never fails otherwise than by an X12ReadError, however the text is cut or spoiled', () => {
    const text = isa + tail
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.nat(text.length),
        fc.string({ unit: 'binary', maxLength: 3 }),
        (a, b, put) => {
          const error = errorOf(() =>
            readInterchanges(text.slice(0, Math.min(a, b)) + put + text.slice(Math.max(a, b))),
          )
          expect(error === undefined || error instanceof X12ReadError).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('reads 15 MB in seconds', { timeout: 20_000 }, () => {
    const segments: Segment[] = Array.from({ length: 500_000 }, (_, n) => [
      'NM1',
      'QC',
      '1',
      'EXAMPLE',
      'PERSON',
      `${n}`,
    ])
    const text = writeInterchange({ ...outgoing, transactions: [{ type: '837', segments }] })
    expect(text.length).toBeGreaterThan(14_000_000)
    const start = performance.now()
    expect(readInterchanges(text)[0]!.groups[0]!.transactions[0]!.segments).toHaveLength(500_000)
    // About 0.7 s alone; the bound only tells linear from quadratic on a busy machine.
    expect(performance.now() - start).toBeLessThan(8_000)
  })
})

describe('writeInterchange', () => {
  const write = (...segments: Segment[]) => writeInterchange({ ...outgoing, transactions: [{ type: '837', segments }] })

  it('leaves out empty elements and components at the end only', () => {
    expect(write(['REF', '', 'A', ''], ['SV1', ['HC', '', 'X', ''], ['', '']])).toContain(
      '~REF**A~SV1*HC::X~SE*4*0001~',
    )
  })

  it.each<[Segment, string]>([
    [['NM1', 'A', 'B*C'], 'ST0001.NM102'],
    [['NM1', ['A', 'B:C']], 'ST0001.NM101'],
    [['NM1', 'lower'], 'ST0001.NM101'],
    [['NM1', 'A\nB'], 'ST0001.NM101'],
    [['nm1', 'A'], 'ST0001.nm1'],
    [['NM1', '', ['', '']], 'ST0001.NM1'],
  ])('refuses %j', (segment, path) => {
    const error = errorOf(() => write(segment))
    expect(error).toBeInstanceOf(X12Error)
    expect((error as X12Error).path).toBe(path)
  })

  it('refuses a partner id that does not fit ISA', () => {
    for (const senderId of ['', 'A', 'A'.repeat(16), ' A', 'A*B', 'ab']) {
      expect(() => writeInterchange({ ...outgoing, senderId, transactions: [] })).toThrow(X12Error)
    }
  })
})

const outgoing = {
  senderId: 'A1',
  receiverId: 'B1',
  usage: 'T',
  controlNumber: 999_999_999,
  at: '2026-11-22T09:05:00.000Z',
  functionalId: 'HC',
  version: '005010X222A1',
} as const

const word = fc.string({ unit: fc.constantFrom(...'AZ09 !"&\'()+,-./;?=%@[]_{}\\|<>#$'), maxLength: 8 })
const element = fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 4 }))
const segment = fc
  .tuple(fc.constantFrom('NM1', 'HI', 'CLM', 'REF'), fc.array(element, { maxLength: 6 }))
  .map(([id, elements]): Segment => [id, ...elements, 'END'])

/** What a reader sees of a written segment: every element as its components, the empty ones at the end gone. */
function trimmed([id, ...elements]: Segment): (string | string[])[] {
  return [
    id,
    ...elements.map(each => {
      const components = typeof each === 'string' ? [each] : [...each]
      while (components.length > 1 && components.at(-1) === '') components.pop()
      return components
    }),
  ]
}

function errorOf(action: () => unknown): unknown {
  try {
    action()
    return undefined
  } catch (error) {
    return error
  }
}
