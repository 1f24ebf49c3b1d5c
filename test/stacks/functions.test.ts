import { describe, expect, it } from 'vitest'
import { catalogue, isAction, isWorker } from '../../functions/catalogue.ts'
import {
  type Grant,
  keySubject,
  keyVariable,
  type QueueName,
  secretVariable,
  settingVariable,
} from '../../shared/kernel/port.ts'
import { splitRoute } from '../../shared/kernel/route.ts'
import { gatesOf, workerGates } from '../../shared/ports/gates.ts'
import {
  nameOf,
  ofType,
  only,
  pathOf,
  type Resource,
  resources,
  stackNames,
  statementsOf,
  tableCalled,
} from './cloud.ts'

const entries = await catalogue()
const table = pathOf(tableCalled('haven-dev'))
const recordKeys = pathOf(tableCalled('haven-dev-keys'))
const inData = (type: string, name: string) => {
  const found = ofType(type, 'Data').find(({ id }) => id.startsWith(name))
  if (!found) throw new Error(`there is no ${name}`)
  return pathOf(found)
}

const functionOf = (id: string): Resource => {
  const found = ofType('AWS::Lambda::Function').find(
    ({ properties }) => properties.FunctionName === `haven-dev-${id.replace('.', '-')}`,
  )
  if (!found) throw new Error(`there is no function ${id}`)
  return found
}
const named = (value: unknown, { stack }: Resource) => nameOf(value, stack)

/** The alias of the version that requests go to. */
function liveOf(lambda: Resource): string {
  const [live, ...others] = ofType('AWS::Lambda::Alias', lambda.stack).filter(
    alias => named(alias.properties.FunctionName, alias) === pathOf(lambda),
  )
  if (!live || others.length > 0) throw new Error(`not one alias of ${pathOf(lambda)}`)
  return pathOf(live)
}

/** Every right as one line: what, on what, and on which conditions. */
const line = (action: string, resource: string, condition: object = {}) =>
  `${action} ${resource} ${JSON.stringify(condition)}`

const keyNames = { factors: 'Factors', psychotherapy: 'Psychotherapy', 'substance-use': 'SubstanceUse' } as const

const verbs = {
  get: ['GetItem', 'BatchGetItem'],
  query: ['Query'],
  put: ['PutItem'],
  update: ['UpdateItem'],
  delete: ['DeleteItem'],
  check: ['ConditionCheckItem'],
} as const

const via = (service: string) => ({ StringEquals: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` } })
const dataKey = `${inData('AWS::KMS::Key', 'DataKey')}.Arn`

const ofKeys = { read: verbs.get, make: verbs.put, destroy: verbs.delete }

/** The rights that grants come to. Of the table: one line for each action, place and key. */
function rightsOf(grants: readonly Grant[]): string[] {
  const rights = grants.flatMap(grant => {
    if ('table' in grant) {
      const places = grant.index ? grant.index.map(index => `{${table}.Arn}/index/${index}`) : [`${table}.Arn`]
      return grant.table.flatMap(verb =>
        verbs[verb].flatMap(action =>
          places.flatMap(place => grant.keys.map(key => line(`dynamodb:${action}`, place, { key }))),
        ),
      )
    }
    if ('secret' in grant) {
      const secret = inData('AWS::SecretsManager::Secret', `Secret${grant.secret.replaceAll('-', '')}`)
      if (grant.may === 'describe') return [line('secretsmanager:DescribeSecret', secret)]
      const read = [line('secretsmanager:GetSecretValue', secret), line('kms:Decrypt', dataKey, via('secretsmanager'))]
      if (!grant.may) return read
      const turns = ['DescribeSecret', 'UpdateSecretVersionStage'].map(verb => line(`secretsmanager:${verb}`, secret))
      return [
        ...read,
        line('secretsmanager:PutSecretValue', secret),
        line('kms:GenerateDataKey', dataKey, via('secretsmanager')),
        ...(grant.may === 'rotate' ? turns : []),
      ]
    }
    if ('key' in grant) {
      const key = `${inData('AWS::KMS::Key', keyNames[grant.key])}.Arn`
      const bound = { Null: { [`kms:EncryptionContext:${keySubject[grant.key]}`]: 'false' } }
      return grant.may.map(may => line(may === 'encrypt' ? 'kms:Encrypt' : 'kms:Decrypt', key, bound))
    }
    if ('signer' in grant) {
      const key = `${inData('AWS::KMS::Key', 'Seal')}.Arn`
      return grant.may.map(may => line(may === 'sign' ? 'kms:Sign' : 'kms:GetPublicKey', key))
    }
    if ('bucket' in grant) {
      const bucket = `${inData('AWS::S3::Bucket', grant.bucket === 'archive' ? 'Archive' : 'Records')}.Arn`
      const objects = { put: 's3:PutObject', get: 's3:GetObject' } as const
      return [
        ...grant.may.map(may => line(objects[may], `{${bucket}}/${grant.under ?? ''}*`)),
        ...(grant.may.includes('get') ? [line('s3:ListBucket', bucket)] : []),
        ...['Decrypt', 'GenerateDataKey'].map(verb => line(`kms:${verb}`, dataKey, via('s3'))),
      ]
    }
    if ('setting' in grant || 'edge' in grant) return []
    if ('queue' in grant) {
      return [
        line('sqs:SendMessage', `${queueOf(grant.queue)}.Arn`),
        ...['Decrypt', 'GenerateDataKey'].map(verb => line(`kms:${verb}`, dataKey, via('sqs'))),
      ]
    }
    if ('setting' in grant) return []
    if ('mail' in grant) {
      const from = { StringEquals: { 'ses:FromAddress': 'no-reply@haven.example' } }
      return [line('ses:SendEmail', 'arn:aws:ses:us-east-1:{{AWS::AccountId}}:identity/haven.example', from)]
    }
    if ('sms' in grant) {
      return [line('sms-voice:SendTextMessage', 'arn:aws:sms-voice:us-east-1:{{AWS::AccountId}}:pool/pool-haven')]
    }
    if ('recordKeys' in grant) {
      return grant.recordKeys.flatMap(verb =>
        ofKeys[verb].map(action => line(`dynamodb:${action}`, `${recordKeys}.Arn`, { key: 'KEY#*' })),
      )
    }
    return grant.chime.map(verb =>
      line(`chime:${verb}`, verb === 'CreateMeeting' ? '*' : 'arn:aws:chime:us-east-1:{{AWS::AccountId}}:meeting/*'),
    )
  })
  const encryption = ['Decrypt', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo', 'DescribeKey']
  const uses = grants.some(grant => 'table' in grant)
  return [...rights, ...(uses ? encryption.map(verb => line(`kms:${verb}`, dataKey, via('dynamodb'))) : [])]
}

/** The one denial that every function with the table has: of changing the audit trail. */
const isDenial = ({ effect, condition }: { effect: string; condition: object }): boolean =>
  effect === 'Deny' && JSON.stringify(condition).includes('AUDIT#*')

/** The queue of a name, in the template of what is kept. */
const queueOf = (name: QueueName): string => inData('AWS::SQS::Queue', `${name[0]?.toUpperCase()}${name.slice(1)}`)

/** What a worker's source needs of its function. */
function sourceRights(source: object): string[] {
  if ('queue' in source) {
    return [
      ...['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'].map(verb =>
        line(`sqs:${verb}`, `${queueOf(source.queue as QueueName)}.Arn`),
      ),
      line('kms:Decrypt', dataKey, via('sqs')),
    ]
  }
  if (!('stream' in source)) return []
  return [
    ...['DescribeStream', 'GetRecords', 'GetShardIterator'].map(verb => line(`dynamodb:${verb}`, `${table}.StreamArn`)),
    line('dynamodb:ListStreams', '*'),
    line('sqs:SendMessage', `${inData('AWS::SQS::Queue', 'DeadLetters')}.Arn`),
    ...['Decrypt', 'GenerateDataKey'].map(verb => line(`kms:${verb}`, dataKey, via('sqs'))),
  ]
}

describe.each(entries)('$id', entry => {
  const { id, domain, declaration } = entry
  const lambda = functionOf(id)
  const uses = [isAction(entry) ? gatesOf(entry.declaration) : workerGates(entry.declaration), declaration.uses]
  const grants = uses.flatMap(use => Object.values(use)).flatMap(port => port.grants)
  const role = resources.find(resource => `${pathOf(resource)}.Arn` === named(lambda.properties.Role, lambda))
  const policies = ofType('AWS::IAM::ManagedPolicy', domain).filter(policy =>
    (policy.properties.Roles as unknown[]).some(each => role && named(each, policy) === pathOf(role)),
  )

  it('runs as declared, in the stack of its domain', () => {
    expect(lambda.stack).toBe(domain)
    expect(lambda.properties).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: declaration.timeout,
      MemorySize: declaration.memory,
    })
    const concurrency = isWorker(entry) ? entry.declaration.concurrency : undefined
    expect(lambda.properties.ReservedConcurrentExecutions).toBe(concurrency)
  })

  it('is told where its things are, and nothing else', () => {
    const secrets = grants.flatMap(grant => ('secret' in grant ? [secretVariable(grant.secret)] : []))
    const keys = grants.flatMap(grant => ('key' in grant ? [keyVariable(grant.key)] : []))
    const others = grants.flatMap(grant =>
      'bucket' in grant
        ? [`BUCKET_${grant.bucket.toUpperCase()}`]
        : 'signer' in grant
          ? [`SIGNER_${grant.signer.toUpperCase()}`]
          : [],
    )
    const queues = grants.flatMap(grant => ('queue' in grant ? [`QUEUE_${grant.queue.toUpperCase()}`] : []))
    const told = grants.flatMap(grant => {
      if ('mail' in grant) return ['MAIL_FROM']
      if ('sms' in grant) return ['SMS_FROM']
      // The deploy under test names no range service.
      return 'setting' in grant && grant.setting !== 'breach-range' ? [settingVariable(grant.setting)] : []
    })
    const tables = grants.flatMap(grant =>
      'table' in grant ? ['TABLE_NAME'] : 'recordKeys' in grant ? ['KEYS_TABLE_NAME'] : [],
    )
    const needed = [...tables, ...secrets, ...keys, ...queues, ...others, ...told]
    const { Variables = {} } = (lambda.properties.Environment ?? {}) as { Variables?: object }
    expect(Object.keys(Variables).sort()).toEqual([...new Set(needed)].sort())
  })

  it('has a role of its own, which only Lambda takes on and which has one policy', () => {
    expect(role).toBeDefined()
    const others = ofType('AWS::Lambda::Function').filter(
      other => named(other.properties.Role, other) === `${pathOf(role!)}.Arn`,
    )
    expect(others).toEqual([lambda])
    expect(statementsOf(role?.properties.AssumeRolePolicyDocument, domain)).toMatchObject([
      { actions: ['sts:AssumeRole'], principal: { Service: 'lambda.amazonaws.com' } },
    ])
    expect(role?.properties).not.toHaveProperty('Policies')
    expect(role?.properties).not.toHaveProperty('ManagedPolicyArns')
    expect(policies).toHaveLength(1)
    expect(policies[0]?.properties.Roles).toHaveLength(1)
    const inline = ofType('AWS::IAM::Policy').flatMap(policy =>
      (policy.properties.Roles as unknown[]).map(each => named(each, policy)),
    )
    expect(inline).not.toContain(pathOf(role!))
  })

  it('may do what its ports grant, and nothing more', () => {
    const statements = statementsOf(policies[0]?.properties.PolicyDocument, domain).filter(each => !isDenial(each))
    const rights = statements.flatMap(({ effect, actions, resources, condition }) => {
      expect(effect).toBe('Allow')
      return actions.flatMap(action =>
        resources.flatMap(resource => {
          const { 'dynamodb:LeadingKeys': keys } = (condition['ForAllValues:StringLike'] ?? {}) as Record<
            string,
            string[]
          >
          return keys ? keys.map(key => line(action, resource, { key })) : [line(action, resource, condition)]
        }),
      )
    })
    const logs = `arn:{{AWS::Partition}}:logs:us-east-1:{{AWS::AccountId}}:log-group:/haven/dev/${id}:log-stream:*`
    const expected = [
      line('logs:CreateLogStream', logs),
      line('logs:PutLogEvents', logs),
      ...rightsOf(grants),
      ...(isWorker(entry) ? sourceRights(entry.declaration.source) : []),
    ]
    expect([...new Set(rights)].sort()).toEqual([...new Set(expected)].sort())
  })

  it('is denied, whatever else it may come to be allowed, to change what is in the audit trail', () => {
    const denials = statementsOf(policies[0]?.properties.PolicyDocument, domain).filter(isDenial)
    if (!grants.some(grant => 'table' in grant)) return expect(denials).toEqual([])
    expect(denials).toHaveLength(1)
    expect(denials[0]?.resources).toEqual([`${table}.Arn`])
    expect(denials[0]?.actions).toEqual(expect.arrayContaining(['dynamodb:UpdateItem', 'dynamodb:DeleteItem']))
  })

  it('is held to its keys in every statement on the table', () => {
    const statements = statementsOf(policies[0]?.properties.PolicyDocument, domain).filter(each => !isDenial(each))
    const onTable = statements.filter(({ resources }) =>
      resources.some(resource => resource.includes(table) && !resource.includes('.StreamArn')),
    )
    expect(onTable.length > 0).toBe(grants.some(grant => 'table' in grant))
    for (const { condition } of onTable) {
      expect(Object.keys(condition).sort()).toEqual(['ForAllValues:StringLike', 'Null'])
      // `ForAllValues` is true of a request without any key: this is what stops that one.
      expect(condition.Null).toEqual({ 'dynamodb:LeadingKeys': 'false' })
      const { 'dynamodb:LeadingKeys': keys } = condition['ForAllValues:StringLike'] as Record<string, string[]>
      for (const key of keys ?? []) expect(key).toMatch(/^[A-Z]+#\*$/)
    }
  })

  it('logs into a group of its own, encrypted, for as long as is configured', () => {
    const { LogGroup } = lambda.properties.LoggingConfig as { LogGroup: unknown }
    const group = resources.find(resource => pathOf(resource) === named(LogGroup, lambda))
    expect(group?.properties).toMatchObject({ LogGroupName: `/haven/dev/${id}`, RetentionInDays: 365 })
    expect(named(group?.properties.KmsKeyId, group!)).toBe(`${inData('AWS::KMS::Key', 'LogsKey')}.Arn`)
  })

  it('has three alarms, which call nobody by themselves', () => {
    const watching = ofType('AWS::CloudWatch::Alarm', domain).filter(alarm =>
      dimensionsOf(alarm).some(value => named(value, alarm) === pathOf(lambda)),
    )
    expect(watching.map(alarm => metricsOf(alarm).join()).sort()).toEqual(
      ['Duration', isAction(entry) ? 'Errors,Failures' : 'Errors,MessageFailures', 'Throttles'].sort(),
    )
    for (const alarm of watching) {
      // Of the version that requests go to, so that a new one is judged by what it does itself.
      expect(dimensionsOf(alarm).map(value => named(value, alarm))).toContain(`{${pathOf(lambda)}}:live`)
      const { AlarmActions, OKActions, TreatMissingData } = alarm.properties
      expect([AlarmActions, OKActions]).toEqual([undefined, undefined])
      expect(TreatMissingData).toBe('notBreaching')
    }
  })
})

/** The values of all dimensions that an alarm watches. */
function dimensionsOf({ properties }: Resource): unknown[] {
  return metricStats(properties).flatMap(({ Dimensions = [] }) => Dimensions.map(({ Value }) => Value))
}

/** The names of the metrics that an alarm watches. */
function metricsOf({ properties }: Resource): string[] {
  return metricStats(properties).map(({ MetricName }) => String(MetricName))
}

interface Watched {
  MetricName?: string
  Dimensions?: { Value: unknown }[]
}
const metricStats = (properties: Watched & { Metrics?: { MetricStat?: { Metric: Watched } }[] }): Watched[] =>
  properties.Metrics
    ? properties.Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))
    : [properties]

describe.each(entries.filter(isAction))('the route of $id', ({ id, declaration }) => {
  const { method, path } = splitRoute(declaration.route)
  const api = pathOf(only('AWS::ApiGatewayV2::Api'))
  const lambda = functionOf(id)
  const route = ofType('AWS::ApiGatewayV2::Route').find(({ properties }) => properties.RouteKey === `${method} ${path}`)

  it('leads to its function, with the payload that the pipeline reads', () => {
    expect(named(route?.properties.ApiId, route!)).toBe(api)
    const target = named(route?.properties.Target, route!)
    const integration = ofType('AWS::ApiGatewayV2::Integration').find(
      each => target === `integrations/{${pathOf(each)}}`,
    )
    expect(integration?.properties).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' })
    expect(named(integration?.properties.IntegrationUri, integration!)).toBe(liveOf(lambda))
  })

  it('lets the API call the function for this route alone', () => {
    const permissions = ofType('AWS::Lambda::Permission').filter(
      permission => named(permission.properties.FunctionName, permission) === liveOf(lambda),
    )
    expect(permissions).toHaveLength(1)
    expect(permissions[0]?.properties).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    })
    expect(named(permissions[0]?.properties.SourceArn, permissions[0]!)).toMatch(
      new RegExp(`/\\*/\\*${path.replace(/[{}]/g, '\\$&')}$`),
    )
  })
})

describe.each(entries.filter(isWorker))('the source of $id', ({ id, declaration }) => {
  const lambda = functionOf(id)
  const { source } = declaration

  it('calls the function', () => {
    if ('schedule' in source) {
      const rule = ofType('AWS::Events::Rule').find(({ properties }) =>
        (properties.Targets as { Arn: unknown }[]).some(({ Arn }) => nameOf(Arn, lambda.stack) === liveOf(lambda)),
      )
      expect(rule?.properties).toMatchObject({ ScheduleExpression: source.schedule, State: 'ENABLED' })
      const [target] = rule!.properties.Targets as { DeadLetterConfig?: { Arn: unknown } }[]
      expect(nameOf(target?.DeadLetterConfig?.Arn, lambda.stack)).toBe(
        `${inData('AWS::SQS::Queue', 'DeadLetters')}.Arn`,
      )
      const permission = ofType('AWS::Lambda::Permission').find(
        each => named(each.properties.FunctionName, each) === liveOf(lambda),
      )
      expect(permission?.properties).toMatchObject({ Principal: 'events.amazonaws.com' })
      expect(named(permission?.properties.SourceArn, permission!)).toBe(`${pathOf(rule!)}.Arn`)
      return
    }
    if ('rotates' in source) {
      const turns = ofType('AWS::SecretsManager::RotationSchedule').find(
        each => named(each.properties.RotationLambdaARN, each) === liveOf(lambda),
      )
      const secret = inData('AWS::SecretsManager::Secret', `Secret${source.rotates.replaceAll('-', '')}`)
      expect(named(turns?.properties.SecretId, turns!)).toBe(secret)
      expect(turns?.properties.RotationRules).toEqual({ ScheduleExpression: source.every })
      const permission = ofType('AWS::Lambda::Permission').find(
        each => named(each.properties.FunctionName, each) === liveOf(lambda),
      )
      expect(permission?.properties).toMatchObject({ Principal: 'secretsmanager.amazonaws.com' })
      expect(named(permission?.properties.SourceArn, permission!)).toBe(secret)
      return
    }
    const mapping = ofType('AWS::Lambda::EventSourceMapping').find(
      each => named(each.properties.FunctionName, each) === `{${liveOf(lambda)}}:live`,
    )
    expect(mapping?.properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
    const arn = named(mapping?.properties.EventSourceArn, mapping!)
    if ('queue' in source) {
      expect(arn).toBe(`${queueOf(source.queue)}.Arn`)
      return
    }
    expect(arn).toBe(`${table}.StreamArn`)
    expect(mapping?.properties).toMatchObject({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 10 })
    const criteria = mapping?.properties.FilterCriteria as { Filters: { Pattern: string }[] } | undefined
    expect(criteria?.Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
      {
        eventName: source.stream.on === 'INSERT' ? ['INSERT'] : ['MODIFY', 'REMOVE'],
        dynamodb: { Keys: { pk: { S: [{ prefix: `${source.stream.entity}#` }] } } },
      },
    ])
    const onFailure = mapping?.properties.DestinationConfig as { OnFailure: { Destination: unknown } } | undefined
    expect(named(onFailure?.OnFailure.Destination, mapping!)).toBe(`${inData('AWS::SQS::Queue', 'DeadLetters')}.Arn`)
  })
})

describe('the cloud', () => {
  it('has a function for every declaration, and no other of ours', () => {
    const ours = ofType('AWS::Lambda::Function').filter(({ properties }) => properties.FunctionName)
    expect(ours.map(({ properties }) => properties.FunctionName).sort()).toEqual(
      entries.map(({ id }) => `haven-dev-${id.replace('.', '-')}`).sort(),
    )
  })

  it('has a route for every action, and no other', () => {
    const routes = ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties.RouteKey)
    const declared = entries.filter(isAction).map(({ declaration }) => {
      const { method, path } = splitRoute(declaration.route)
      return `${method} ${path}`
    })
    expect(routes.sort()).toEqual(declared.sort())
    expect(new Set(routes).size).toBe(routes.length)
  })

  it.each(stackNames)('has at most 500 resources and 30 functions in %s', stack => {
    expect(resources.filter(resource => resource.stack === stack).length).toBeLessThanOrEqual(500)
    expect(ofType('AWS::Lambda::Function', stack).length).toBeLessThanOrEqual(30)
  })
})

describe('keys of records', () => {
  const holding = (verb: 'make' | 'destroy') =>
    entries
      .filter(({ declaration }) =>
        Object.values(declaration.uses).some(({ grants }) =>
          grants.some(grant => 'recordKeys' in grant && grant.recordKeys.includes(verb)),
        ),
      )
      .map(({ id }) => id)

  it('are made where a patient is registered or a secret was turned, and destroyed where one is erased', () => {
    expect([holding('make'), holding('destroy')]).toEqual([
      ['maintenance.wrap-record-keys', 'patients.create'],
      ['erasures.run'],
    ])
  })
})
