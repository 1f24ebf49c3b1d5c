import * as z from 'zod'

/** What no answer may repeat. */
export const canary = 'CANARYVALUE'

/** A body that is wrong in one place, and the path that the answer must name. */
export interface Mutation {
  what: string
  path: string
  body: unknown
}

type Path = readonly (string | number)[]

/** Every way to be wrong that can be made from a right body and its schema. */
export function mutationsOf(schema: z.ZodType, right: unknown): Mutation[] {
  return [
    ...['CANARYVALUE', 7, true, null, [canary]].map(body => ({
      what: `a body that is ${kindOf(body)}`,
      path: 'body',
      body,
    })),
    ...walk(schema, right, []).map(({ what, path, value }) => ({
      what: `${what} ${nameOf(path)}`,
      path: nameOf(path),
      body: put(right, path, value),
    })),
  ]
}

const gone = Symbol('gone')

interface Fault {
  what: string
  path: Path
  value: unknown
}

function walk(schema: z.ZodType, value: unknown, path: Path): Fault[] {
  const faults: Fault[] = path.length > 0 ? wrongFor(value, path).map(wrong => ({ ...wrong, path })) : []
  const inner = unwrap(schema)
  if (Array.isArray(value)) {
    const element = inner instanceof z.ZodArray ? (inner.element as z.ZodType) : undefined
    faults.push({ what: 'hundreds of', path, value: Array(500).fill(value[0] ?? 0) })
    if (element && value.length > 0) faults.push(...walk(element, value[0], [...path, 0]))
    return faults
  }
  if (!isRecord(value)) return faults
  faults.push({ what: 'an unknown field', path: [...path, 'unknownField'], value: canary })
  const shape: Record<string, z.ZodType> = inner instanceof z.ZodObject ? inner.shape : {}
  for (const [name, field] of Object.entries(shape)) {
    const at = [...path, name]
    const optional = field.safeParse(undefined).success
    if (!optional) faults.push({ what: 'no', path: at, value: gone })
    if (name in value) faults.push(...walk(field, value[name], at))
    else faults.push({ what: 'a wrong', path: at, value: { [canary]: canary } })
  }
  return faults
}

/** Values of another type, too long, or holding what no text may hold. */
function wrongFor(value: unknown, path: Path): { what: string; value: unknown }[] {
  const others = [{ [canary]: canary }, [[canary]], null, true, 12.75, canary.toLowerCase().repeat(2_000)]
  const wrong = others
    .filter(other => kindOf(other) !== kindOf(value) || typeof other === 'string' || typeof other === 'number')
    .map(other => ({ what: kindOf(other), value: other }))
  // A password may hold anything: it goes nowhere but into its hash.
  if (typeof value === 'string' && !/password$/i.test(String(path.at(-1))))
    wrong.push({ what: 'control characters in', value: `${canary}\u0000\n${value}` })
  if (typeof value === 'number') wrong.push({ what: 'a negative', value: -1 }, { what: 'a huge', value: 1e300 })
  return wrong
}

/** The schema under options, defaults, refinements and pipes. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrap(schema.unwrap() as z.ZodType)
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.in as z.ZodType) : schema
}

function put(root: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value
  if (Array.isArray(root)) return root.map((item, index) => (index === step ? put(item, rest, value) : item))
  const copy: Record<string, unknown> = isRecord(root) ? { ...root } : {}
  if (rest.length === 0 && value === gone) delete copy[step]
  else copy[step] = put(copy[step], rest, value)
  return copy
}

const nameOf = (path: Path): string => ['body', ...path].join('.')
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`
