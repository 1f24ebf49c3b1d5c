import type { Model } from '../template/model.ts'
import type { KeyNames } from './grants.ts'

type Schema = { AttributeName: string; KeyType: string }[]
interface Index {
  IndexName: string
  KeySchema: Schema
  Projection?: { ProjectionType?: string }
}

/** The key names of a table of the model and of its indexes. */
export function tableKeys(model: Model, name: string): KeyNames | undefined {
  const table = [...model.ofType('AWS::DynamoDB::GlobalTable'), ...model.ofType('AWS::DynamoDB::Table')].find(
    ({ ref }) => ref === name,
  )
  if (!table) return undefined
  const {
    KeySchema,
    GlobalSecondaryIndexes = [],
    LocalSecondaryIndexes = [],
  } = table.properties as {
    KeySchema: Schema
    GlobalSecondaryIndexes?: Index[]
    LocalSecondaryIndexes?: Index[]
  }
  const indexes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes]
  return {
    pk: hash(KeySchema),
    indexes: Object.fromEntries(
      indexes.map(({ IndexName, KeySchema, Projection }) => [
        IndexName,
        { hash: hash(KeySchema), sort: sort(KeySchema), keysOnly: Projection?.ProjectionType === 'KEYS_ONLY' },
      ]),
    ),
  }
}

const named = (schema: Schema, type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName ?? ''
const hash = (schema: Schema) => named(schema, 'HASH')
const sort = (schema: Schema) => named(schema, 'RANGE')
