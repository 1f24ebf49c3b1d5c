/** As much of an OpenAPI 3.1 document as the page shows. */
export interface ApiDocument {
  info: { title: string; version: string; description?: string }
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    parameters?: Record<string, Parameter>
    schemas?: Record<string, Schema>
    responses?: Record<string, Response>
  }
}

export interface Operation {
  operationId: string
  tags?: string[]
  summary: string
  description?: string
  'x-permission'?: string
  parameters?: (Parameter | Reference)[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, Response | Reference>
}

export interface Reference {
  $ref: string
}

export interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema: Schema
  example?: unknown
}

export interface Response {
  description: string
  content?: Record<string, Media>
}

export interface Media {
  schema: Schema
  example?: unknown
  examples?: Record<string, { value: unknown }>
}

/** JSON Schema 2020-12: the keywords are read by name. */
export type Schema = Record<string, unknown>

/** What a reference points to among named things; the thing itself when it is no reference. */
export function resolve<Thing extends object>(
  thing: Thing | Reference,
  named: Record<string, Thing> | undefined,
): Thing | undefined {
  return '$ref' in thing ? named?.[nameOf(thing.$ref as string)] : (thing as Thing)
}

/** `#/components/schemas/Claim` is `Claim`. */
export const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1)
