import type * as z from 'zod'
import type { ProblemCode } from '../kernel/problem.ts'
import type { Sealing, Write } from '../kernel/write.ts'
import { tableName } from './table.ts'

/** Where an item lies: its own key and, sparsely, its places in the three indexes. */
export interface Keys {
  pk: string
  sk: string
  gsi1pk?: string
  gsi1sk?: string
  gsi2pk?: string
  gsi2sk?: string
  gsi3pk?: string
  gsi3sk?: string
}

/** What every stored thing has. */
type Versioned = { version: number }

interface Definition<T extends Versioned> {
  /** FHIR resource type, or our own name where FHIR has none. */
  name: string
  schema: z.ZodType<T>
  keys: (value: T) => Keys
  id: (value: T) => string
  patientId?: (value: T) => string | undefined
  /** Seconds since 1970 after which DynamoDB may collect the item. */
  ttl?: (value: T) => number
  /** False for bookkeeping of which a version has no audit record of its own. */
  audited?: boolean
  /**
   * Of a record that is sealed under its patient's key: the fields that are not, by which the table finds, orders and checks it.
   * Whose it is is among them.
   */
  open?: readonly (keyof T & string)[]
  /** It is the first that is written of a patient: their key is made with it. */
  makesKey?: boolean
}

/** Pure builders of the writes of one kind of item, and the parser of what comes back. */
export interface Entity<T extends Versioned> {
  readonly name: string
  /** Refuses an item that does not follow the schema: a wrong item must not travel on. */
  parse(item: Record<string, unknown>): T
  keys(value: T): Keys
  /** Fails when the key is taken. */
  create<C extends ProblemCode = 'conflict'>(value: T, onConflict?: C): Write<C>
  /** Fails when somebody else was first. */
  replace<C extends ProblemCode = 'conflict'>(before: T, change: Partial<T>, onConflict?: C): Write<C>
  remove<C extends ProblemCode = 'conflict'>(before: T, onConflict?: C): Write<C>
  /** Demands that the version just read still stands, without writing. */
  unchanged<C extends ProblemCode = 'conflict'>(value: T, onConflict?: C): Write<C>
}

/** Attributes that are the table's and not the record's. */
const ours = /^(pk|sk|ttl|gsi[123][ps]k)$/

export function entity<T extends Versioned>(definition: Definition<T>): Entity<T> {
  const { name, schema, keys, id, patientId, ttl, audited = true, open, makesKey = false } = definition

  const isOpen = (name: string) => !open || open.includes(name as keyof T & string)
  const item = (value: T) => ({ ...keys(value), ...(ttl && { ttl: ttl(value) }), ...part(value, isOpen) })
  /** What of a value is not in its item but in the item's box. */
  const sealing = (value: T, isNew: boolean): { seal?: Sealing } => {
    if (!open) return {}
    const { practiceId, patientId } = value as T & Pick<Sealing, 'practiceId' | 'patientId'>
    const values = part(value, name => !isOpen(name))
    return { seal: { practiceId, patientId, values, makesKey: makesKey && isNew } }
  }
  const record = (value: T, changed: readonly string[]) =>
    audited
      ? { record: { entity: name, id: id(value), patientId: patientId?.(value), changed, version: value.version } }
      : {}
  const stands = (value: T) => ({
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': value.version },
  })

  return {
    name,
    parse: raw => schema.parse(Object.fromEntries(Object.entries(raw).filter(([name]) => !ours.test(name)))),
    keys,
    create: <C extends ProblemCode>(value: T, onConflict = 'conflict' as C) => ({
      kind: 'put',
      request: { TableName: tableName(), Item: item(value), ConditionExpression: 'attribute_not_exists(pk)' },
      onConflict,
      ...record(value, Object.keys(value)),
      ...sealing(value, true),
    }),
    replace: <C extends ProblemCode>(before: T, change: Partial<T>, onConflict = 'conflict' as C) => {
      const after = { ...before, ...change, version: before.version + 1 }
      return {
        kind: 'put',
        request: { TableName: tableName(), Item: item(after), ...stands(before) },
        onConflict,
        ...record(after, Object.keys(change)),
        ...sealing(after, false),
      }
    },
    remove: <C extends ProblemCode>(before: T, onConflict = 'conflict' as C) => ({
      kind: 'delete',
      request: { TableName: tableName(), Key: keyOf(keys(before)), ...stands(before) },
      onConflict,
      ...record({ ...before, version: before.version + 1 }, []),
    }),
    unchanged: <C extends ProblemCode>(value: T, onConflict = 'conflict' as C) => ({
      kind: 'check',
      request: { TableName: tableName(), Key: keyOf(keys(value)), ...stands(value) },
      onConflict,
    }),
  }
}

/** Some fields of a value. */
const part = (value: object, takes: (name: string) => boolean): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => takes(name)))

/** Demands, without reading it, that an item is there. */
export const exists = <C extends ProblemCode>(key: { pk: string; sk: string }, onConflict: C): Write<C> => ({
  kind: 'check',
  request: { TableName: tableName(), Key: key, ConditionExpression: 'attribute_exists(pk)' },
  onConflict,
})

export const keyOf = ({ pk, sk }: Keys) => ({ pk, sk })
