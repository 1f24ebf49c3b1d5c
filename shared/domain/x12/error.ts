/** One refused value: the path of the field in the caller's own data, and what is wrong with it, never the value. */
export interface X12Problem {
  path: string
  message: string
}

/**
 * Data that X12 cannot carry as it stands. It names every refused field at once, so that a biller corrects a claim in
 * one go; `path` is the first of them. Messages hold no field's value and may be shown and logged.
 */
export class X12Error extends Error {
  override readonly name = 'X12Error'
  readonly path: string
  readonly problems: readonly X12Problem[]

  constructor(first: X12Problem, ...others: X12Problem[]) {
    super([first, ...others].map(({ path, message }) => `${path} ${message}`).join('; '))
    this.path = first.path
    this.problems = [first, ...others]
  }
}

/**
 * Text that is not an X12 interchange. `position` counts segments of the whole text from 1 and `offset` its characters
 * from 0: the two ways in which a person finds a place in a file. The message holds nothing of what was read.
 */
export class X12ReadError extends Error {
  override readonly name = 'X12ReadError'
  readonly position: number
  readonly offset: number

  constructor(message: string, position: number, offset: number) {
    super(`segment ${position}, character ${offset}: ${message}`)
    this.position = position
    this.offset = offset
  }
}
