import { AwsError, callJson } from '../aws/json.ts'

/** As much of a CloudFormation template as the tables need. */
export interface CfnTemplate {
  Resources?: Record<string, { Type: string; Properties?: Record<string, unknown> }>
}

type Schema = { AttributeName: string; KeyType: string }[]
interface Index {
  IndexName: string
  KeySchema: Schema
  Projection: object
}
export interface TableProperties {
  TableName?: unknown
  KeySchema: Schema
  AttributeDefinitions: object[]
  GlobalSecondaryIndexes?: Index[]
  LocalSecondaryIndexes?: Index[]
  StreamSpecification?: { StreamViewType?: string }
  TimeToLiveSpecification?: { AttributeName?: string; Enabled?: boolean }
}

/**
 * Creates the tables of CloudFormation templates (`AWS::DynamoDB::GlobalTable` and `::Table`) with their indexes, stream
 * and TTL attribute, and gives their names. A table that is there already keeps its items and gains the indexes it lacks.
 */
export async function createTables(endpoint: string, templates: CfnTemplate[]): Promise<string[]> {
  const tables = tablesOf(templates)
  for (const { name, properties } of tables) await createTable(endpoint, name, properties)
  return tables.map(({ name }) => name)
}

/** The tables of templates. A name that is not a plain string falls back to the logical id. */
export function tablesOf(templates: CfnTemplate[]): { name: string; properties: TableProperties }[] {
  return templates
    .flatMap(({ Resources }) => Object.entries(Resources ?? {}))
    .filter(([, { Type }]) => /^AWS::DynamoDB::(Global)?Table$/.test(Type))
    .map(([logicalId, { Properties }]) => {
      const properties = Properties as unknown as TableProperties
      const { TableName } = properties
      return { name: typeof TableName === 'string' ? TableName : logicalId, properties }
    })
}

export async function createTable(endpoint: string, name: string, properties: TableProperties) {
  const stream = properties.StreamSpecification && {
    StreamEnabled: true,
    StreamViewType: properties.StreamSpecification.StreamViewType ?? 'NEW_AND_OLD_IMAGES',
  }
  try {
    await callJson(endpoint, 'DynamoDB_20120810.CreateTable', {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: properties.KeySchema,
      AttributeDefinitions: properties.AttributeDefinitions,
      GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes?.map(plain),
      LocalSecondaryIndexes: properties.LocalSecondaryIndexes?.map(plain),
      StreamSpecification: stream,
    })
  } catch (cause) {
    if (!(cause instanceof AwsError && cause.name === 'ResourceInUseException')) throw cause
    await bringUpToDate(endpoint, name, properties, stream)
  }
  await expire(endpoint, name, properties)
}

async function bringUpToDate(endpoint: string, name: string, properties: TableProperties, stream?: object) {
  const described = await callJson<{
    Table: { GlobalSecondaryIndexes?: Index[]; LocalSecondaryIndexes?: Index[]; StreamSpecification?: object }
  }>(endpoint, 'DynamoDB_20120810.DescribeTable', { TableName: name })
  const known = new Set(described.Table.LocalSecondaryIndexes?.map(index => index.IndexName))
  const lacks = properties.LocalSecondaryIndexes?.find(index => !known.has(index.IndexName))
  if (lacks) throw new Error(`${name} was made without its local index ${lacks.IndexName}: begin with --reset`)
  const there = new Set(described.Table.GlobalSecondaryIndexes?.map(index => index.IndexName))
  for (const index of properties.GlobalSecondaryIndexes ?? []) {
    if (there.has(index.IndexName)) continue
    await callJson(endpoint, 'DynamoDB_20120810.UpdateTable', {
      TableName: name,
      AttributeDefinitions: properties.AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{ Create: plain(index) }],
    })
  }
  if (stream && !described.Table.StreamSpecification) {
    await callJson(endpoint, 'DynamoDB_20120810.UpdateTable', { TableName: name, StreamSpecification: stream })
  }
}

async function expire(endpoint: string, name: string, properties: TableProperties) {
  const wanted = properties.TimeToLiveSpecification
  if (!wanted?.AttributeName || wanted.Enabled === false) return
  try {
    await callJson(endpoint, 'DynamoDB_20120810.UpdateTimeToLive', {
      TableName: name,
      TimeToLiveSpecification: { AttributeName: wanted.AttributeName, Enabled: true },
    })
  } catch (cause) {
    // The service refuses to enable what is enabled.
    if (!(cause instanceof AwsError && cause.name === 'ValidationException')) throw cause
  }
}

/** A global table's index carries capacity settings that a table's does not know. */
const plain = ({ IndexName, KeySchema, Projection }: Index): Index => ({ IndexName, KeySchema, Projection })
