/** The separators of a submission, which its acknowledgements use too: what it could carry, they can. */
export interface Syntax {
  element: string
  component: string
  repetition: string
  terminator: string
}

/** A segment: its elements, the id being the first. */
export interface Segment {
  id: string
  elements: string[]
}

export interface Interchange {
  syntax: Syntax
  /** ISA's elements, padding included; `isa[13]` is ISA13. */
  isa: string[]
  /** All that follows the ISA. */
  segments: Segment[]
}

/**
 * Cuts one submission into segments. It shares no code with the project's reader, so that a mistake there is not also
 * made here. Answers why it is unreadable when not even an acknowledgement could be addressed: that is the caller's 400.
 */
export function cut(text: string): Interchange | { errors: string[] } {
  const header =
    /^ISA(.)..\1.{10}\1..\1.{10}\1..\1.{15}\1..\1.{15}\1\d{6}\1\d{4}\1(.)\1\d{5}\1\d{9}\1[01]\1[TP]\1(.)(.)/s.exec(text)
  if (!header) return { errors: ['the text does not begin with an ISA of 106 characters'] }
  const [isaText, element, repetition, component, terminator] = header as unknown as [
    string,
    string,
    string,
    string,
    string,
  ]
  if (new Set([element, repetition, component, terminator]).size < 4) return { errors: ['two separators are the same'] }
  const foreign = /[^\x20-\x7e\r\n]/.exec(text)
  if (foreign) return { errors: [`character ${foreign.index} is outside the X12 set`] }
  const pieces = text.slice(isaText.length).split(terminator)
  if (pieces.pop()!.trim() !== '') return { errors: ['the last segment has no terminator'] }
  const segments = pieces.map(piece => piece.replace(/^[\r\n]+/, '').split(element))
  const misshapen = segments.findIndex(([id]) => !/^[A-Z][A-Z0-9]{1,2}$/.test(id!))
  if (misshapen >= 0) return { errors: [`segment ${misshapen + 2} has no segment id`] }
  if (segments.some(([id]) => id === 'ISA')) return { errors: ['a submission is one interchange'] }
  return {
    syntax: { element, component, repetition, terminator },
    isa: isaText.slice(0, -1).split(element),
    segments: segments.map(elements => ({ id: elements[0]!, elements })),
  }
}

/** An element's text; '' when it is absent. */
export const text = (segment: Segment | undefined, index: number): string => segment?.elements[index] ?? ''
