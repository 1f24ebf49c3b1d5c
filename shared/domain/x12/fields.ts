import { X12Error, type X12Problem } from './error.ts'
import { fold, unwritable } from './text.ts'

/** Takes values from the caller's data into X12 elements, and remembers each one that it had to refuse. */
export interface Fields {
  /** The folded value, at most `max` characters, or '' after noting why it was refused. */
  text(path: string, value: string, max: number): string
  /** As `text`, and '' for a value that is absent. */
  optional(path: string, value: string | undefined, max: number): string
  /** Notes a complaint of the caller's own. */
  refuse(path: string, message: string): void
  /** Throws an X12Error that names all that was refused; silent when nothing was. */
  settle(): void
}

/** A fresh set of fields. Refusals are collected, not thrown one by one, so that one pass over a claim finds them all. */
export function openFields(): Fields {
  const problems: X12Problem[] = []

  function text(path: string, value: string, max: number): string {
    const folded = fold(value)
    const complaint = complaintAbout(folded, max)
    if (!complaint) return folded
    problems.push({ path, message: complaint })
    return ''
  }

  return {
    text,
    optional: (path, value, max) => (value === undefined ? '' : text(path, value, max)),
    refuse: (path, message) => void problems.push({ path, message }),
    settle() {
      const [first, ...others] = problems
      if (first) throw new X12Error(first, ...others)
    },
  }
}

function complaintAbout(folded: string, max: number): string | undefined {
  if (folded === '') return 'must not be empty'
  const character = unwritable(folded)
  if (character !== undefined) return `holds a character that a claim cannot carry: ${printable(character)}`
  if (folded.length > max) return `is longer than the ${max} characters that a claim can carry`
  // Receivers trim elements, so that a space at either end would come back changed.
  if (folded.trim() !== folded) return 'begins or ends with a space'
  return undefined
}

function printable(character: string): string {
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `${character} (${code})` : code
}
