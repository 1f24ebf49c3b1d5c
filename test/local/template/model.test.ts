import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Model, readModel } from '../../../local/template/model.ts'
import { resolveResources } from '../../../local/template/resolve.ts'
import { fixture } from '../fixture/assembly.ts'

const tableArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/fixture'

describe.each(['weak', 'exports'] as const)('an assembly with %s references between stacks', references => {
  let model: Model
  beforeAll(async () => {
    model = readModel(await fixture(references))
  }, 60_000)

  const named = (name: string) => model.functions.find(spec => spec.name === `fixture-${name}`)!

  it('finds each function with its bundle and settings', () => {
    expect(model.functions.map(spec => spec.name).sort()).toEqual(
      ['echo', 'items', 'slow', 'stream', 'tick', 'worker'].map(name => `fixture-${name}`),
    )
    expect(existsSync(join(named('echo').code, 'index.js'))).toBe(true)
    expect(named('slow')).toMatchObject({ timeout: 1, memory: 128, reserved: 2, handler: 'index.handler' })
  })

  it('resolves environment variables across stacks, the name cut out of a secret ARN too', () => {
    expect(named('echo').environment).toEqual({
      TABLE: 'fixture',
      QUEUE: expect.stringContaining('/fixture-work'),
      OWN: 'echo',
      KEY: expect.stringMatching(/^arn:aws:kms:us-east-1:000000000000:key\//),
      SECRET: 'fixture/token',
    })
  })

  it('gathers inline, attached and managed policies', () => {
    const statements = named('items').policies.flatMap(({ Statement }) => Statement)
    expect(statements).toContainEqual({ Action: 'cloudwatch:PutMetricData', Effect: 'Allow', Resource: '*' })
    expect(statements).toContainEqual({ Action: 'dynamodb:DeleteItem', Effect: 'Deny', Resource: tableArn })
    expect(statements).toContainEqual(expect.objectContaining({ Resource: [tableArn, `${tableArn}/index/gsi1`] }))
    expect(named('echo').policies).toEqual([])
  })

  it('leads routes to functions, through an alias and through an invocation URI', () => {
    const routes = Object.fromEntries(model.routes.map(route => [route.key, route.functionName]))
    expect(routes).toMatchObject({
      'ANY /echo': 'fixture-echo',
      'GET /echo/{id}': 'fixture-echo',
      'PUT /plain': 'fixture-echo',
      'POST /items': 'fixture-items',
    })
  })

  it('reads event source mappings', () => {
    expect(model.consumers).toMatchObject([
      { kind: 'sqs', functionName: 'fixture-worker', batchSize: 5, reportsItems: true },
      { kind: 'dynamodb', functionName: 'fixture-stream', maxAttempts: 3, bisect: true, from: 'TRIM_HORIZON' },
    ])
    expect(model.consumers[1]?.onFailure).toBe('arn:aws:sqs:us-east-1:000000000000:fixture-failed')
  })

  it('reads the schedules of rules and of the Scheduler', () => {
    expect(model.schedules).toMatchObject([
      { expression: 'rate(1 minute)', functionName: 'fixture-tick', input: '{"job":"tick"}', kind: 'rule' },
      { expression: 'cron(15 3 * * ? *)', functionName: 'fixture-tick', input: '{"job":"nightly"}', kind: 'scheduler' },
    ])
  })
})

const of = (name: string) => `\${${name}}`

describe('intrinsic functions', () => {
  const resolve = (value: unknown, template: object = {}) => {
    const Resources = { Probe: { Type: 'Test::Probe', Properties: { value } }, Q: { Type: 'AWS::SQS::Queue' } }
    const [probe] = resolveResources([{ name: 'S', template: { Resources, ...template }, assets: new Map() }])
    return probe!.properties.value
  }

  it.each([
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::AccountId' }]] }, 'a-000000000000'],
    [{ 'Fn::Sub': `${of('AWS::Partition')}/${of('Q.QueueName')}/${of('!literal')}` }, `aws/S-Q/${of('literal')}`],
    [{ 'Fn::Sub': [of('x'), { x: { Ref: 'AWS::StackName' } }] }, 'S'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    [{ 'Fn::GetAtt': 'Q.Arn' }, 'arn:aws:sqs:us-east-1:000000000000:S-Q'],
    [{ 'Fn::Base64': 'a' }, 'YQ=='],
    [{ keep: 1, drop: { Ref: 'AWS::NoValue' } }, { keep: 1 }],
  ])('%j', (value, expected) => {
    expect(resolve(value)).toEqual(expected)
  })

  it('follows conditions, parameters and mappings', () => {
    const template = {
      Parameters: { Stage: { Default: 'prod' } },
      Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
      Mappings: { Sizes: { prod: { size: 3 } } },
    }
    expect(
      resolve({ 'Fn::If': ['IsProd', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'size'] }, 0] }, template),
    ).toBe(3)
  })

  it('names what is missing', () => {
    expect(() => resolve({ Ref: 'Nothing' })).toThrow('S refers to Nothing, which it does not declare')
    expect(() => resolve({ 'Fn::ImportValue': 'x' })).toThrow('S imports x, which no stack exports')
  })
})
