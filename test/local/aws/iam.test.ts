import { describe, expect, it } from 'vitest'
import { refuse } from '../../../local/aws/iam.ts'
import { grantsFor } from '../../../local/dynamodb/grants.ts'

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/t'
const keys = () => ({ pk: 'pk', indexes: { gsi1: { hash: 'gsi1pk', sort: 'gsi1sk', keysOnly: false } } })
const own = {
  Effect: 'Allow',
  Action: [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:BatchGetItem',
    'dynamodb:ConditionCheckItem',
  ],
  Resource: [table, `${table}/index/gsi1`],
  Condition: {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['OWN#*'] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
}
const caller = (...Statement: object[]) => ({
  arn: 'arn:aws:sts::000000000000:assumed-role/f/f',
  policies: [{ Statement }],
})

function allowed(operation: string, input: object, statements: object[] = [own]): boolean {
  const needs = grantsFor(operation, { TableName: 't', ...input }, keys)
  return needs.length > 0 && needs.every(need => refuse(caller(...statements), need) === undefined)
}

const at = (pk: string) => ({ pk: { S: pk }, sk: { S: '-' } })
const query = (pk: string, extra: object = {}) => ({
  KeyConditionExpression: '#p = :p AND begins_with(sk, :s)',
  ExpressionAttributeNames: { '#p': 'pk' },
  ExpressionAttributeValues: { ':p': { S: pk }, ':s': { S: 'x' } },
  ...extra,
})
const indexed = (pk: string) =>
  query(pk, { IndexName: 'gsi1', KeyConditionExpression: ':p = gsi1pk', ExpressionAttributeNames: undefined })

describe('a function that holds a key prefix', () => {
  it.each([
    ['GetItem', { Key: at('OWN#1') }],
    ['PutItem', { Item: at('OWN#1') }],
    ['Query', query('OWN#1')],
    ['Query', indexed('OWN#1')],
    ['BatchGetItem', { RequestItems: { t: { Keys: [at('OWN#1'), at('OWN#2')] } } }],
    ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 't', Item: at('OWN#1') } }] }],
    ['TransactGetItems', { TransactItems: [{ Get: { TableName: table, Key: at('OWN#1') } }] }],
  ])('may %s its own items', (operation, input) => {
    expect(allowed(operation, input)).toBe(true)
  })

  it.each([
    ['GetItem', { Key: at('OTHER#1') }],
    ['PutItem', { Item: at('OTHER#1') }],
    ['Query', query('OTHER#1')],
    ['Query', indexed('OTHER#1')],
    ['BatchGetItem', { RequestItems: { t: { Keys: [at('OWN#1'), at('OTHER#2')] } } }],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName: 't', Item: at('OWN#1') } },
          { Put: { TableName: 't', Item: at('OTHER#1') } },
        ],
      },
    ],
    ['TransactWriteItems', { TransactItems: [{ Delete: { TableName: 't', Key: at('OWN#1') } }] }],
    ['Scan', {}],
    ['ExecuteStatement', { Statement: 'SELECT * FROM t' }],
  ])('may not %s those of others', (operation, input) => {
    expect(allowed(operation, input)).toBe(false)
  })
})

it('an explicit deny wins, and the message says so', () => {
  const deny = { Effect: 'Deny', Action: 'dynamodb:DeleteItem', Resource: table }
  const everything = { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }
  const [need] = grantsFor('DeleteItem', { TableName: 't', Key: at('OWN#1') }, keys)
  expect(refuse(caller(everything), need!)).toBeUndefined()
  expect(refuse(caller(everything, deny), need!)).toBe(
    `User: arn:aws:sts::000000000000:assumed-role/f/f is not authorized to perform: dynamodb:DeleteItem on resource: ${table} with an explicit deny in an identity-based policy`,
  )
})

it('limits a function to named attributes', () => {
  const some = {
    ...own,
    Condition: { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'name'] } },
  }
  const reads = (ProjectionExpression: string) => ({
    Key: at('OWN#1'),
    ProjectionExpression,
    ExpressionAttributeNames: { '#n': 'name', '#s': 'secret' },
  })
  expect(allowed('GetItem', reads('pk, #n'), [some])).toBe(true)
  expect(allowed('GetItem', reads('pk, #s'), [some])).toBe(false)
})

it('holds a statement of PartiQL against the key that it names', () => {
  const select = { ...own, Action: 'dynamodb:PartiQLSelect' }
  expect(allowed('ExecuteStatement', { Statement: `SELECT * FROM "t" WHERE pk = 'OWN#1'` }, [select])).toBe(true)
  expect(allowed('ExecuteStatement', { Statement: `SELECT * FROM "t" WHERE pk = 'OTHER#1'` }, [select])).toBe(false)
  const bound = { Statement: 'SELECT * FROM "t" WHERE sk = ? AND pk = ?', Parameters: [{ S: 'a' }, { S: 'OWN#1' }] }
  expect(allowed('ExecuteStatement', bound, [select])).toBe(true)
})

it('leaves the decision on a key to IAM, with its encryption context', () => {
  const resource = 'arn:aws:kms:us-east-1:000000000000:key/1'
  const decrypt = {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: resource,
    Condition: { StringEquals: { 'kms:EncryptionContext:purpose': 'totp' } },
  }
  const need = (purpose: string) => ({
    action: 'kms:Decrypt',
    resource,
    context: { 'kms:EncryptionContext:purpose': purpose },
  })
  expect(refuse(caller(decrypt), need('totp'))).toBeUndefined()
  expect(refuse(caller(decrypt), need('other'))).toBeDefined()
})
