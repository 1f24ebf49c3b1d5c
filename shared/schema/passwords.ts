import * as z from 'zod'

const shortest = 15
const longest = 128

/** Characters as a person counts them (NIST SP 800-63B-4 §3.1.1.2): code points of the composed form, whatever typed them. */
const lengthOf = (password: string): number => [...password.normalize('NFC')].length

/** A password that somebody chooses: long, of any characters, never cut short and without rules of composition. */
export const NewPassword = z
  .string()
  .max(4 * longest)
  .refine(text => text.isWellFormed(), 'must be well-formed Unicode')
  .refine(text => lengthOf(text) >= shortest, `must be at least ${shortest} characters`)
  .refine(text => lengthOf(text) <= longest, `must be at most ${longest} characters`)
