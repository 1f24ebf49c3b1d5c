import * as z from 'zod'

export type Json = Record<string, unknown>

/** Which side of a schema a client sees: what it sends, or what it gets. */
type Side = 'input' | 'output'

export interface Schemas {
  /** Every named schema that was met, by its id. */
  readonly named: Record<string, Json>
  /** A schema as JSON Schema 2020-12, with references to the named ones in it. */
  describe: (schema: z.ZodType, side: Side) => Json
}

/**
 * Gathers the schemas of a document: one with `.meta({ id })` is described once, under its id, and referred to. Two schemas
 * that differ under one id are refused, since a reader could not tell which is meant.
 */
export function gatherSchemas(): Schemas {
  const named: Record<string, Json> = {}
  return {
    named,
    describe(schema, side) {
      const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, { io: side, override }) as Json
      for (const [id, definition] of Object.entries($defs as Record<string, Json>)) {
        const pointed = pointToComponents(definition)
        if (id in named && JSON.stringify(named[id]) !== JSON.stringify(pointed)) {
          throw new Error(`two schemas that differ have the id ${id}: give one of them another`)
        }
        named[id] = pointed
      }
      return pointToComponents(own)
    },
  }
}

type Override = NonNullable<z.core.ToJSONSchemaParams['override']>

/** Says more than zod does where it can, and less where it says too much. */
const override: Override = ({ zodSchema, jsonSchema }) => {
  const { def } = zodSchema._zod
  if (def.type === 'pipe') narrow(def as z.core.$ZodPipeDef, jsonSchema as Json)
  // A format says it all: the pattern beside it is the same in two hundred characters.
  if (jsonSchema.format === 'date' || jsonSchema.format === 'email') delete jsonSchema.pattern
  // What every integer of JavaScript keeps to is no rule of ours.
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}

/** A pipe that only checks further, such as a number of the query, asks of its input what its end asks. */
function narrow({ in: start, out: end }: z.core.$ZodPipeDef, described: Json): void {
  if (transforms(start) || transforms(end)) return
  const { $schema: _, $defs, ...further } = z.toJSONSchema(end, { io: 'input', override }) as Json
  if (!$defs) Object.assign(described, further)
}

const transforms = (schema: z.core.$ZodType): boolean => {
  const { def } = schema._zod
  if (def.type !== 'pipe') return def.type === 'transform'
  const { in: start, out: end } = def as z.core.$ZodPipeDef
  return transforms(start) || transforms(end)
}

const pointToComponents = (schema: Json): Json =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json
