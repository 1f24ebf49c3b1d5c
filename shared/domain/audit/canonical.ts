import { createHash } from 'node:crypto'

/**
 * JSON with its names in order and no white space (RFC 8785, for the values that records have: text, whole numbers, lists and
 * objects). Two that hold the same are the same bytes; what is undefined is not there.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    const sorted = fields.sort(([one], [other]) => (one < other ? -1 : 1))
    return `{${sorted.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`
  }
  return JSON.stringify(value)
}

/** SHA-256 of the canonical JSON, base64url. */
export const digestOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('base64url')
