import * as z from 'zod'

/** Text that a person typed: trimmed, of limited length, without control characters (which could forge a log line). */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must be at most ${max} characters`)
    .regex(/^[^\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]*$/u, 'must not hold control characters')

export const PersonName = z.strictObject({
  family: text(60),
  given: text(35),
  middle: text(25).optional(),
})
export type PersonName = z.infer<typeof PersonName>

/** A US postal address. `postalCode` is 5 or 9 digits without a dash. */
export const PostalAddress = z.strictObject({
  line1: text(55),
  line2: text(55).optional(),
  city: text(30),
  state: z.string().regex(/^[A-Z]{2}$/, 'must be a two-letter state such as OR'),
  postalCode: z.string().regex(/^(\d{5}|\d{9})$/, 'must be 5 or 9 digits'),
})
export type PostalAddress = z.infer<typeof PostalAddress>

/** FHIR AdministrativeGender as X12 DMG03 carries it. */
export const Gender = z.enum(['F', 'M', 'U'])
export type Gender = z.infer<typeof Gender>

/** National Provider Identifier: 10 digits whose last is the Luhn check over `80840` and the rest (45 CFR 162.406). */
export const Npi = z
  .string()
  .regex(/^[12]\d{9}$/, 'must be a 10-digit NPI')
  .refine(isNpi, 'must be an NPI with a right check digit')
export type Npi = z.infer<typeof Npi>

/** Provider taxonomy code of the NUCC set: 10 characters, such as `103T00000X` (psychologist). */
export const Taxonomy = z.string().regex(/^\d{3}[0-9A-Z]{6}X$/, 'must be a taxonomy code such as 103T00000X')

/** A US phone number as ten digits. */
export const Phone = z.string().regex(/^[2-9]\d{9}$/, 'must be a 10-digit phone number')

/** An e-mail address, lower-cased: two spellings that differ in case are one login. */
export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('must be an e-mail address'))

/** Whole cents. Money is never a fraction of a cent and never a float. */
export const Cents = z.int().min(0).max(99_999_999_99)
export type Cents = z.infer<typeof Cents>

function isNpi(npi: string): boolean {
  let sum = 0
  for (const [index, digit] of [...`80840${npi}`].reverse().entries()) {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
