import type { Model } from '../template/model.ts'
import type { KeyNames } from './grants.ts'

type Schema = { AttributeName: string; KeyType: string }[]

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
    GlobalSecondaryIndexes?: { IndexName: string; KeySchema: Schema }[]
    LocalSecondaryIndexes?: { IndexName: string; KeySchema: Schema }[]
  }
  const indexes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes]
  return {
    pk: hash(KeySchema),
    indexes: Object.fromEntries(
      indexes.map(({ IndexName, KeySchema }) => [IndexName, { hash: hash(KeySchema), sort: sort(KeySchema) }]),
    ),
  }
}

const named = (schema: Schema, type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName ?? ''
const hash = (schema: Schema) => named(schema, 'HASH')
const sort = (schema: Schema) => named(schema, 'RANGE')
