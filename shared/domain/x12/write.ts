import type { Instant } from '../../schema/time.ts'
import { X12Error } from './error.ts'
import { openFields } from './fields.ts'
import { unwritable, written } from './text.ts'

/** An element: its text, or its components. */
export type Element = string | readonly string[]

/** A segment to be written: its id and its elements in order. Empty elements at the end are left out of the text. */
export type Segment = readonly [id: string, ...elements: Element[]]

/** One interchange with one functional group, which is what a partner is sent. */
export interface Outgoing {
  /** ISA06/GS02 and ISA08/GS03: 2 to 15 characters. */
  senderId: string
  receiverId: string
  usage: 'T' | 'P'
  /** ISA13, and GS06 without leading zeros: 1 to 999999999, never used twice with one partner. */
  controlNumber: number
  at: Instant
  /** GS01 and GS08: `HC` and `005010X222A1` for professional claims. */
  functionalId: string
  version: string
  /** Each becomes ST to SE; the segments are those between. */
  transactions: readonly { type: string; segments: readonly Segment[] }[]
}

/**
 * The interchange as text, one line without breaks, separators `* : ^ ~`. Counts and control numbers are computed here
 * and nowhere else. Strict: an element that holds a separator or a character outside X12's set throws an X12Error whose
 * path is the element (`ST0001.NM103` for the third element of an NM1), so that nothing malformed can leave.
 */
export function writeInterchange(outgoing: Outgoing): string {
  const { controlNumber, at, transactions } = outgoing
  const control = controlNumberText(controlNumber)
  const [day, minute] = [dateOf(at.slice(0, 10)), at.slice(11, 13) + at.slice(14, 16)]
  const parts = [interchangeHeader(outgoing, control, day.slice(2), minute)]

  const group: Element[] = [outgoing.functionalId, outgoing.senderId, outgoing.receiverId, day, minute]
  parts.push(writeSegment(['GS', ...group, String(controlNumber), 'X', outgoing.version]))
  for (const [index, { type, segments }] of transactions.entries()) {
    const number = String(index + 1).padStart(4, '0')
    parts.push(writeSegment(['ST', type, number, outgoing.version]))
    for (const segment of segments) parts.push(writeSegment(segment, `ST${number}.`))
    // SE01 counts ST and SE themselves.
    parts.push(writeSegment(['SE', String(segments.length + 2), number]))
  }
  parts.push(writeSegment(['GE', String(transactions.length), String(controlNumber)]))
  parts.push(writeSegment(['IEA', '1', control]))
  return parts.join('')
}

/** A control number as ISA13 has it, nine digits. Throws a RangeError outside 1 to 999999999: a fault of the program. */
export function controlNumberText(controlNumber: number): string {
  if (!Number.isInteger(controlNumber) || controlNumber < 1 || controlNumber > 999_999_999) {
    throw new RangeError('an interchange control number is a whole number from 1 to 999999999')
  }
  return String(controlNumber).padStart(9, '0')
}

/** A LocalDate as X12's D8 has it: `20261122`. */
export const dateOf = (date: string): string => date.replaceAll('-', '')

/** Cents as X12's decimal has them: `150`, `150.5`, `0.05`: no zeros that say nothing (Appendix B.1.1.3.1.2). */
export function amountOf(cents: number): string {
  const fraction = String(cents % 100)
    .padStart(2, '0')
    .replace(/0+$/, '')
  const whole = String(Math.trunc(cents / 100))
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/** ISA is the one segment of fixed width, 106 characters: readers find the separators by their positions in it. */
function interchangeHeader(outgoing: Outgoing, control: string, day: string, minute: string): string {
  const { element, component, repetition, terminator } = written
  const party = (path: string, id: string) => {
    const fits = id.length >= 2 && id.length <= 15 && id.trim() === id && unwritable(id) === undefined
    if (!fits) throw new X12Error({ path, message: 'must be 2 to 15 characters that X12 can carry' })
    return id.padEnd(15)
  }
  const fixed = ['ISA', '00', ' '.repeat(10), '00', ' '.repeat(10), 'ZZ', party('senderId', outgoing.senderId)]
  const rest = ['ZZ', party('receiverId', outgoing.receiverId), day, minute, repetition, '00501', control, '0']
  return [...fixed, ...rest, outgoing.usage, component].join(element) + terminator
}

function writeSegment([id, ...elements]: Segment, within = ''): string {
  const fields = openFields()
  const path = within + id
  if (!/^[A-Z][A-Z0-9]{1,2}$/.test(id)) fields.refuse(path, 'is not a segment id')
  const texts = elements.map((element, index) => {
    const components = typeof element === 'string' ? [element] : element
    const name = path + String(index + 1).padStart(2, '0')
    if (components.some(component => unwritable(component) !== undefined)) {
      fields.refuse(name, 'holds a character that X12 cannot carry')
    }
    return trimEnd(components).join(written.component)
  })
  const kept = trimEnd(texts)
  if (kept.length === 0) fields.refuse(path, 'must hold an element')
  fields.settle()
  return [id, ...kept].join(written.element) + written.terminator
}

function trimEnd(texts: readonly string[]): readonly string[] {
  let length = texts.length
  while (length > 0 && texts[length - 1] === '') length -= 1
  return texts.slice(0, length)
}
