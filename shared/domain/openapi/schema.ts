import { nameOf, type Schema } from './document.ts'
import { Html, html } from './html.ts'

/** A schema as nested lists: its type and rules on a line, and below it what it consists of. */
export function schemaHtml(schema: Schema): Html {
  const { $ref, description, items, properties } = schema
  if (typeof $ref === 'string') return html`<a href="#schema-${nameOf($ref)}">${nameOf($ref)}</a>`
  return html`<span>${typeOf(schema)}</span> ${rulesOf(schema)}${
    typeof description === 'string' && html` <small>${description}</small>`
  }${isObject(items) && html` of ${schemaHtml(items)}`}${isObject(properties) && fields(schema, properties)}${choices(schema)}`
}

function fields({ required }: Schema, properties: Record<string, unknown>): Html {
  const needed = Array.isArray(required) ? required : []
  return html`<ul>${Object.entries(properties).map(
    ([name, schema]) =>
      html`<li><code>${name}</code>${!needed.includes(name) && html` <i>optional</i>`} ${schemaHtml(schema as Schema)}</li>`,
  )}</ul>`
}

/** Alternatives, and parts that all hold. */
function choices(schema: Schema): Html {
  const lists = [
    ['one of', schema.oneOf ?? schema.anyOf],
    ['all of', schema.allOf],
  ] as const
  return html`${lists.map(
    ([title, list]) =>
      Array.isArray(list) &&
      html`${title}<ul>${list.map(choice => html`<li>${schemaHtml(choice as Schema)}</li>`)}</ul>`,
  )}`
}

function typeOf({ type, enum: values, const: only, additionalProperties }: Schema): string {
  if (only !== undefined) return JSON.stringify(only)
  if (Array.isArray(values)) return values.map(value => JSON.stringify(value)).join(' | ')
  if (type === 'object' && isObject(additionalProperties)) return 'object of any names'
  return Array.isArray(type) ? type.join(' | ') : typeof type === 'string' ? type : ''
}

const rules = [
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'default',
] as const

const rulesOf = (schema: Schema): Html[] =>
  rules
    .filter(rule => schema[rule] !== undefined)
    .map(rule => html`<small>${rule} <code>${asText(schema[rule])}</code></small> `)

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Html)
