import { account, type Need, region } from '../aws/service.ts'

/** The partition key of a table and the keys of its indexes, by which IAM limits a function to its own items. */
export interface KeyNames {
  pk: string
  indexes: Record<string, { hash: string; sort: string; keysOnly: boolean }>
}

type Value = Record<string, unknown>
type Item = Record<string, Value>
type Input = Record<string, unknown>

/**
 * What a DynamoDB call needs of IAM, with the condition keys of its items: `dynamodb:LeadingKeys` holds the values of the
 * table's or the index's partition key, `dynamodb:Attributes` the names that the call touches. A transaction is no IAM
 * action: each of its items needs the single operation that it stands for.
 */
export function grantsFor(operation: string, input: Input, keys: (table: string) => KeyNames | undefined): Need[] {
  const enclosed = { 'dynamodb:EnclosingOperation': operation }
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return list(input.TransactItems).map(entry => {
        const [kind = '', item] = Object.entries(entry)[0] ?? []
        return one(transacted[kind] ?? kind, item as Input, enclosed)
      })
    case 'BatchGetItem':
      return tables(input).map(([table, request]) =>
        need('BatchGetItem', table, undefined, list((request as Input).Keys) as Item[], request as Input),
      )
    case 'BatchWriteItem':
      return tables(input).map(([table, requests]) => {
        const items = list(requests).map(({ PutRequest, DeleteRequest }) => {
          const request = (PutRequest ?? DeleteRequest ?? {}) as Input
          return (request.Item ?? request.Key) as Item
        })
        return need('BatchWriteItem', table, undefined, items, {})
      })
    case 'ExecuteStatement':
      return [statement(input)]
    case 'BatchExecuteStatement':
      return list(input.Statements).map(statement)
    case 'ExecuteTransaction':
      return list(input.TransactStatements).map(statement)
    default:
      return [one(operation, input, {})]
  }

  function one(operation: string, input: Input, context: Need['context']): Need {
    const table = nameOf(input.TableName)
    if (!table) return { action: `dynamodb:${operation}`, resource: String(input.ResourceArn ?? '*'), context }
    const item = (input.Item ?? input.Key) as Item | undefined
    const index = input.IndexName as string | undefined
    const found = need(operation, table, index, item ? [item] : undefined, input)
    return { ...found, context: { ...found.context, ...context } }
  }

  function need(operation: string, table: string, index: string | undefined, items: Item[] | undefined, input: Input) {
    const pk = index ? keys(table)?.indexes[index]?.hash : keys(table)?.pk
    const leading = items ? items.map(item => item?.[pk ?? '']) : pk && operation === 'Query' ? queried(input, pk) : []
    const context: Need['context'] = {}
    const values = leading.filter(value => value !== undefined).map(plain)
    if (values.length) context['dynamodb:LeadingKeys'] = values
    const attributes = [...new Set([...(items ?? []).flatMap(item => Object.keys(item ?? {})), ...named(input)])]
    if (attributes.length) context['dynamodb:Attributes'] = attributes
    if (input.Select) context['dynamodb:Select'] = String(input.Select)
    if (input.ReturnValues) context['dynamodb:ReturnValues'] = String(input.ReturnValues)
    const resource = `arn:aws:dynamodb:${region}:${account}:table/${table}${index ? `/index/${index}` : ''}`
    return { action: `dynamodb:${operation}`, resource, context }
  }

  function statement(input: Input): Need {
    const text = String(input.Statement)
    const [, verb = '', , , table = '', index] =
      /^\s*(\w+)\b(.*?\b(FROM|INTO)\s+|\s+)"?([\w.-]+)"?(?:\."([\w.-]+)")?/is.exec(text) ?? []
    const kind = { SELECT: 'Select', INSERT: 'Insert', UPDATE: 'Update', DELETE: 'Delete' }[verb.toUpperCase()]
    const pk = index ? keys(table)?.indexes[index]?.hash : keys(table)?.pk
    const found = need(`PartiQL${kind ?? verb}`, table, index, undefined, {})
    const literal = new RegExp(`["']?\\b${pk}\\b["']?\\s*[=:]\\s*(?:'([^']*)'|(\\?))`, 'i').exec(text)
    if (!literal) return found
    const position = text.slice(0, literal.index).split('?').length - 1
    const value = literal[1] ?? plain(list(input.Parameters)[position] as Value)
    return { ...found, context: { ...found.context, 'dynamodb:LeadingKeys': [value] } }
  }
}

/** A table's name, out of its name or ARN. */
export function nameOf(table: unknown): string | undefined {
  return typeof table === 'string' ? (/table\/([^/]+)/.exec(table)?.[1] ?? table) : undefined
}

const transacted: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  ConditionCheck: 'ConditionCheckItem',
}

const list = (value: unknown) => (Array.isArray(value) ? (value as Input[]) : [])
const tables = (input: Input) =>
  Object.entries((input.RequestItems ?? {}) as Input).map(([table, value]) => [nameOf(table)!, value] as const)
const plain = (value: Value | undefined) => String(Object.values(value ?? {})[0] ?? '')

/** The partition key's value in a query: the operand that its key condition sets equal to `pk`. */
function queried(input: Input, pk: string): Value[] {
  const names = (input.ExpressionAttributeNames ?? {}) as Record<string, string>
  const values = (input.ExpressionAttributeValues ?? {}) as Item
  const legacy = (input.KeyConditions as Record<string, { AttributeValueList?: Value[] }> | undefined)?.[pk]
  if (legacy) return legacy.AttributeValueList ?? []
  for (const [, left = '', right = ''] of String(input.KeyConditionExpression ?? '').matchAll(
    /([#:]?[\w.-]+)\s*=\s*([#:]?[\w.-]+)/g,
  )) {
    const [name, value] = left.startsWith(':') ? [right, left] : [left, right]
    if ((names[name] ?? name) === pk && values[value]) return [values[value]]
  }
  return []
}

const words = new Set(
  'SET REMOVE ADD DELETE AND OR NOT BETWEEN IN if_not_exists list_append attribute_exists attribute_not_exists attribute_type begins_with contains size'
    .toLowerCase()
    .split(' '),
)

/** The top-level attribute names in a call's expressions. */
function named(input: Input): string[] {
  const names = (input.ExpressionAttributeNames ?? {}) as Record<string, string>
  const expressions = [
    'ProjectionExpression',
    'UpdateExpression',
    'ConditionExpression',
    'FilterExpression',
    'KeyConditionExpression',
  ]
  return expressions
    .flatMap(name => [...String(input[name] ?? '').matchAll(/(?<![:.\w#])#?[A-Za-z_]\w*/g)].map(([token]) => token))
    .filter(token => !words.has(token.toLowerCase()))
    .map(token => names[token] ?? token)
}
