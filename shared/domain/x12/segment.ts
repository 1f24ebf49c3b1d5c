import { X12ReadError } from './error.ts'

/** The characters that divide an interchange, as its ISA shows them. */
export interface Separators {
  element: string
  component: string
  repetition: string
  terminator: string
}

/** One segment as it was read. Elements count from 1, as X12 counts them; absent ones read as ''. */
export class ReadSegment {
  readonly id: string
  /** The number of the segment in the text, from 1. */
  readonly position: number
  /** Where it begins in the text, in characters from 0. */
  readonly offset: number
  readonly separators: Separators
  readonly #elements: readonly string[]

  constructor(elements: readonly string[], position: number, offset: number, separators: Separators) {
    this.id = elements[0] ?? ''
    this.position = position
    this.offset = offset
    this.separators = separators
    this.#elements = elements
  }

  /** How many elements follow the id. */
  get length(): number {
    return this.#elements.length - 1
  }

  /** The element's whole text, its component separators included. */
  text(index: number): string {
    return this.#elements[index] ?? ''
  }

  /** The element's components; one, perhaps empty, when it has no separator. */
  components(index: number): string[] {
    return this.text(index).split(this.separators.component)
  }

  /** The element as a control number, at most nine digits. Throws an X12ReadError when it is something else. */
  number(index: number): number {
    const text = this.text(index).trim()
    if (/^\d{1,9}$/.test(text)) return Number(text)
    const name = this.id + String(index).padStart(2, '0')
    throw new X12ReadError(`${name} is not a control number`, this.position, this.offset)
  }
}
