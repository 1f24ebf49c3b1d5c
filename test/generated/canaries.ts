import * as z from 'zod'
import type { Entry } from '../../functions/catalogue.ts'
import type { Action } from '../../shared/kernel/action.ts'
import type { Sample } from './samples.ts'

/**
 * Values that stand for a person's data: whatever form a field takes, one of them fits or is refused by it. Nothing else in the
 * system has any of them.
 */
export const marks = [
  'Kanari7Q session',
  'KANARI7Q',
  'kanari7q@patients.example',
  '1947-03-19',
  // When something happened is told of nobody.
  '1951-07-07T10:15:00.000Z',
  '5035557391',
  '97299-7391',
  'F43.25',
  'F43.21',
] as const

/** As what the marks may be found: as they are, in another case, and in what people take for hidden. */
const forms = [
  'kanari7q',
  '1947-03-19',
  '5035557391',
  '97299-7391',
  'f43.25',
  'f43.21',
  ...['Kanari7Q session', 'KANARI7Q'].flatMap(mark =>
    // Whatever stands before it: one of three ways to cut bytes into base64.
    [0, 1, 2].map(shift => {
      const text = Buffer.from(' '.repeat(shift) + mark).toString('base64')
      return text.slice(shift === 0 ? 0 : 4, shift === 0 ? 8 : 12).toLowerCase()
    }),
  ),
  Buffer.from('anari7').toString('hex'),
]

/** The lines of a text that tell something of somebody. */
export const telling = (text: string): string[] =>
  text.split('\n').filter(line => forms.some(form => line.toLowerCase().includes(form)))

/** A request in which a person's data stands wherever it can. */
export interface Seeded {
  request: Sample
  /** The fields that hold a mark: `content.lines.0.procedure`. */
  fields: string[]
}

/** Fields that must name something that is there, or a time that is to come: with another value nothing happens. */
const names = new Set<unknown>(['payerId', 'start', 'date', 'practice', 'provider'])

type Path = (string | number)[]

/**
 * The requests by which an action is told of a person: one with a mark in every field that takes one, and for each other field
 * that holds text one with a mark in the wrong place. Fields that the sample leaves out are put in.
 */
export function seededOf({ declaration }: Entry<Action>, sample: Sample): { taken: Seeded; refused: Seeded[] } {
  const { body: schema } = declaration
  const taken: Seeded = { request: structuredClone(sample), fields: [] }
  const refused: Seeded[] = []
  if (!schema || typeof sample.body !== 'object') return { taken, refused }
  const fits = (body: unknown) => schema.safeParse(body).success
  for (const path of textsOf(schema, sample.body)) {
    const before = taken.request.body
    if (names.has(path.at(-1))) continue
    // A diagnosis stands on a claim once.
    const mark = marks.find(one => fits(put(before, path, one)) && !(one.startsWith('F43') && holds(before, one)))
    if (mark) {
      taken.request = { ...taken.request, body: put(before, path, mark) }
      taken.fields.push(path.join('.'))
    } else {
      refused.push({ request: { ...sample, body: put(sample.body, path, marks[0]) }, fields: [path.join('.')] })
    }
  }
  return { taken, refused }
}

/** Where a body can have text: every string of the sample, and every string that its schema knows beside those. */
function textsOf(schema: z.ZodType, body: unknown): Path[] {
  const found = new Map<string, Path>()
  const known = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  for (const path of [...stringsIn(body), ...stringsOf(known as Json, known as Json, body)])
    found.set(path.join('.'), path)
  return [...found.values()]
}

function stringsIn(value: unknown, at: Path = []): Path[] {
  if (typeof value === 'string') return [at]
  if (Array.isArray(value)) return value.flatMap((one, index) => stringsIn(one, [...at, index]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, one]) => stringsIn(one, [...at, name]))
}

type Json = { [name: string]: unknown }

/** Strings that a schema knows, below the objects that the body has: an object that is left out needs all its fields at once. */
function stringsOf(schema: Json, whole: Json, body: unknown, at: Path = []): Path[] {
  if (typeof schema.$ref === 'string') return stringsOf(definition(whole, schema.$ref), whole, body, at)
  const variants = [schema.anyOf, schema.oneOf, schema.allOf].flatMap(list => (list as Json[] | undefined) ?? [])
  const inside = variants.flatMap(variant => stringsOf(variant, whole, body, at))
  if (schema.type === 'string' && !schema.enum && !schema.const) return [at, ...inside]
  if (schema.type === 'array' && Array.isArray(body)) {
    return body.flatMap((one, index) => stringsOf(schema.items as Json, whole, one, [...at, index])).concat(inside)
  }
  const isThere = typeof body === 'object' && body !== null && !Array.isArray(body)
  if (!isThere || !schema.properties) return inside
  return Object.entries(schema.properties as Record<string, Json>)
    .flatMap(([name, one]) => stringsOf(one, whole, (body as Json)[name], [...at, name]))
    .concat(inside)
}

const definition = (whole: Json, ref: string): Json =>
  ref
    .split('/')
    .slice(1)
    .reduce((at, name) => at[name] as Json, whole)

const holds = (value: unknown, text: string): boolean => JSON.stringify(value).includes(`"${text}"`)

/** The same value with another at one place. */
function put(value: unknown, [name, ...rest]: Path, text: string): unknown {
  if (name === undefined) return text
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>
  copy[name] = put(copy[name], rest, text)
  return copy
}
