import type { ReadSegment, Separators } from './segment.ts'
import { Source } from './source.ts'

/** ST to SE, without the two. */
export interface Transaction {
  /** ST01, `999`. */
  type: string
  /** ST02 as it stands: its leading zeros are part of it. */
  controlNumber: string
  /** ST03, or GS08 where a sender leaves it out. */
  version: string
  segments: readonly ReadSegment[]
}

/** GS to GE. */
export interface Group {
  /** GS01, `FA` of a 999. */
  functionalId: string
  /** GS06, a number: senders differ in its leading zeros. */
  controlNumber: number
  version: string
  transactions: readonly Transaction[]
}

/** ISA to IEA. */
export interface Interchange {
  header: ReadSegment
  /** ISA13 as a number. */
  controlNumber: number
  separators: Separators
  /** TA1 segments, which stand outside the groups. */
  interchangeAcknowledgements: readonly ReadSegment[]
  groups: readonly Group[]
  /** Counts and control numbers of trailers that disagree with what was read. Read on: it is for the log. */
  irregularities: readonly { position: number; message: string }[]
}

/**
 * Every interchange of a text, each with its own separators, found by their positions in its ISA. Tolerant in what real
 * partners send: a BOM, line breaks and indentation between segments, several interchanges, a last terminator missing,
 * wrong counts. Not tolerant where data would be lost or guessed: an ISA of another width, a missing trailer, a segment
 * outside its envelope throw an X12ReadError with the segment's position. Time is linear: 15 MB take about a second.
 */
export function readInterchanges(text: string): Interchange[] {
  const source = new Source(text)
  const interchanges: Interchange[] = []
  while (!source.atEnd()) interchanges.push(interchange(source))
  if (interchanges.length === 0) source.fail('the text is empty: an ISA was expected')
  return interchanges
}

function interchange(source: Source): Interchange {
  const header = source.open()
  const controlNumber = header.number(13)
  const irregularities: { position: number; message: string }[] = []
  const note = (trailer: ReadSegment, matches: boolean, message: string) => {
    if (!matches) irregularities.push({ position: trailer.position, message })
  }
  const interchangeAcknowledgements: ReadSegment[] = []
  const groups: Group[] = []
  for (;;) {
    const segment = source.next('IEA')
    if (segment.id === 'GS') groups.push(group(source, segment, note))
    else if (segment.id === 'TA1') interchangeAcknowledgements.push(segment)
    else if (segment.id !== 'IEA') source.fail('GS, TA1 or IEA was expected')
    else {
      note(segment, Number(segment.text(1)) === groups.length, 'IEA01 is not the number of groups')
      note(segment, Number(segment.text(2)) === controlNumber, 'IEA02 is not ISA13')
      const { separators } = header
      return { header, controlNumber, separators, interchangeAcknowledgements, groups, irregularities }
    }
  }
}

type Note = (trailer: ReadSegment, matches: boolean, message: string) => void

function group(source: Source, header: ReadSegment, note: Note): Group {
  const controlNumber = header.number(6)
  const version = header.text(8)
  const transactions: Transaction[] = []
  for (;;) {
    const segment = source.next('GE')
    if (segment.id === 'ST') transactions.push(transaction(source, segment, version, note))
    else if (segment.id !== 'GE') source.fail('ST or GE was expected')
    else {
      note(segment, Number(segment.text(1)) === transactions.length, 'GE01 is not the number of transaction sets')
      note(segment, Number(segment.text(2)) === controlNumber, 'GE02 is not GS06')
      return { functionalId: header.text(1), controlNumber, version, transactions }
    }
  }
}

function transaction(source: Source, header: ReadSegment, groupVersion: string, note: Note): Transaction {
  const controlNumber = header.text(2)
  const segments: ReadSegment[] = []
  for (;;) {
    const segment = source.next('SE')
    if (segment.id === 'SE') {
      note(segment, Number(segment.text(1)) === segments.length + 2, 'SE01 is not the number of segments')
      note(segment, segment.text(2) === controlNumber, 'SE02 is not ST02')
      return { type: header.text(1), controlNumber, version: header.text(3) || groupVersion, segments }
    }
    if (envelope.has(segment.id)) source.fail('SE was expected')
    segments.push(segment)
  }
}

const envelope = new Set(['ISA', 'GS', 'ST', 'GE', 'IEA', 'TA1'])
