import * as z from 'zod'
import { Refusal } from './refusal.ts'

/** A string member with the length and the pattern that the service's reference gives for it. */
export function text(min: number, max: number, pattern?: RegExp) {
  const string = z.string().min(min).max(max)
  return pattern ? string.regex(pattern) : string
}

export const integer = (min: number, max: number) => z.number().int().min(min).max(max)

/** A blob member: base64 on the wire, bytes here. The bounds are in bytes. */
export const blob = (min: number, max: number) =>
  z
    .string()
    .transform(base64 => Buffer.from(base64, 'base64'))
    .refine(bytes => bytes.length >= min, `Member must have length greater than or equal to ${min}`)
    .refine(bytes => bytes.length <= max, `Member must have length less than or equal to ${max}`)

/**
 * Checks an input as the service's front does: a member of the wrong type cannot be read at all, and broken constraints
 * are listed together, in the words of AWS. Values are left out of the message, because some of them are secrets.
 */
export function read<Schema extends z.ZodType>(schema: Schema, input: unknown, invalid: string): z.output<Schema> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const mistyped = result.error.issues.find(
    issue => issue.code === 'invalid_type' && valueAt(input, issue.path) != null,
  )
  if (mistyped) {
    throw new Refusal('SerializationException', `Member at '${memberPath(mistyped.path)}' is not of the expected type.`)
  }
  const broken = result.error.issues.map(
    issue => `Value at '${memberPath(issue.path)}' failed to satisfy constraint: ${constraint(issue)}`,
  )
  const errors = broken.length === 1 ? 'error' : 'errors'
  throw new Refusal(invalid, `${broken.length} validation ${errors} detected: ${broken.join('; ')}`)
}

function constraint(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return 'Member must not be null'
  if (issue.code === 'too_small')
    return `Member must have ${measure(issue.origin)} greater than or equal to ${issue.minimum}`
  if (issue.code === 'too_big')
    return `Member must have ${measure(issue.origin)} less than or equal to ${issue.maximum}`
  if (issue.code === 'invalid_format') return `Member must satisfy regular expression pattern: ${issue.pattern ?? ''}`
  if (issue.code === 'invalid_value') return `Member must satisfy enum value set: [${issue.values.join(', ')}]`
  return issue.message
}

const measure = (origin: string): string => (origin === 'number' || origin === 'int' ? 'value' : 'length')

/** `['Attendees', 0, 'ExternalUserId']` as AWS writes it: `attendees.1.member.externalUserId`. */
const memberPath = (path: PropertyKey[]): string =>
  path.map(step => (typeof step === 'number' ? `${step + 1}.member` : lowerFirst(String(step)))).join('.')

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

function valueAt(input: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step], input)
}
