/** Days of UTC, both included. */
export interface Days {
  from: string
  to: string
}

export const dayAfter = (day: string): string => shifted(day, 1)
export const dayBefore = (day: string): string => shifted(day, -1)

/** Where a list of several runs goes on: after a record. */
export const idText = (id = ''): string => encode(id)

/** The record after which a list goes on; nothing for what is none. */
export function idAt(cursor: string): string | undefined {
  const id = decode(cursor)
  return isId(id) ? id : undefined
}

/** Where a list of several days goes on: in a day, with what is older than a record. */
export const placeText = (day: string, before = ''): string => encode(`${day}#${before}`)

/** A day of the period, and of it what is older than a record; nothing for what is no such place. */
export function placeIn({ from, to }: Days, cursor: string): { day: string; before?: string } | undefined {
  const [day = '', before = '', ...rest] = decode(cursor).split('#')
  const inside = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) && day >= from && day <= to
  if (!inside || rest.length > 0 || (before && !isId(before))) return undefined
  return before ? { day, before } : { day }
}

const shifted = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toJSON().slice(0, 10)

const isId = (text: string): boolean => /^aud_[0-9A-Z]{20}$/.test(text)
const encode = (text: string): string => Buffer.from(text).toString('base64url')
const decode = (cursor: string): string => Buffer.from(cursor, 'base64url').toString()
