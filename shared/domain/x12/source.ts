import { X12ReadError } from './error.ts'
import { ReadSegment, type Separators } from './segment.ts'

/** Hands out the segments of a text one after another, and knows where it stands when something is wrong. */
export class Source {
  readonly #text: string
  #separators: Separators = { element: '', component: '', repetition: '', terminator: '' }
  #start = 0
  #next = 0
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  /** True when only white space is left. A BOM counts as white space, and so does the NUL that mainframes pad with. */
  atEnd(): boolean {
    this.#skipSpace()
    return this.#next >= this.#text.length
  }

  /** The ISA that must stand here. Its separators hold until the next `open`. */
  open(): ReadSegment {
    this.#advance()
    const header = this.#text.slice(this.#start, this.#start + headerLength)
    if (!header.startsWith('ISA')) this.fail('ISA was expected')
    const element = header.charAt(3)
    const whole = header.length === headerLength && elementPlaces.every(place => header[place] === element)
    if (!whole || header.split(element).length !== 17) this.fail('ISA is not 106 characters of 16 fixed-width elements')
    const component = header.charAt(104)
    const terminator = header.charAt(105)
    if (new Set([element, component, terminator]).size < 3 || /[A-Za-z0-9 ]/.test(element + component + terminator)) {
      this.fail('the separators that ISA shows cannot be separators')
    }
    this.#separators = { element, component, repetition: header.charAt(82), terminator }
    this.#next = this.#start + headerLength
    return new ReadSegment(header.slice(0, -1).split(element), this.#position, this.#start, this.#separators)
  }

  /** The segment that stands here; `closing` is the one still missing, named when the text ends first. */
  next(closing: string): ReadSegment {
    const ended = this.atEnd()
    this.#advance()
    if (ended) this.fail(`the text ends before its ${closing}`)
    const { element, terminator } = this.#separators
    const found = this.#text.indexOf(terminator, this.#start)
    const end = found < 0 ? this.#text.length : found
    this.#next = end + 1
    // Only the text's last segment may lack a terminator; what follows it is white space.
    const text = found < 0 ? this.#text.slice(this.#start, end).trimEnd() : this.#text.slice(this.#start, end)
    const elements = text.split(element)
    if (!segmentId.test(elements[0]!)) this.fail('this is not a segment: it does not begin with a segment id')
    return new ReadSegment(elements, this.#position, this.#start, this.#separators)
  }

  /** Throws an X12ReadError at the segment handed out last. */
  fail(message: string): never {
    throw new X12ReadError(message, Math.max(this.#position, 1), this.#start)
  }

  #advance() {
    this.#skipSpace()
    this.#start = this.#next
    this.#position += 1
  }

  /** Also skips terminators that stand alone: blank lines where the terminator is a line break. */
  #skipSpace() {
    const { terminator } = this.#separators
    while (this.#next < this.#text.length) {
      const code = this.#text.charCodeAt(this.#next)
      if (code > 0x20 && code !== 0xfeff && this.#text[this.#next] !== terminator) return
      this.#next += 1
    }
  }
}

const headerLength = 106
const segmentId = /^[A-Z][A-Z0-9]{1,2}$/
/** Where the element separator must stand in an ISA. */
const elementPlaces = [3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103]
