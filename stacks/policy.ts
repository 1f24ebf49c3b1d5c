import { Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { ChimeVerb, Grant, IndexName, SettingName, TableVerb, Uses } from '../shared/kernel/port.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'

const actionsOf: Record<TableVerb, readonly string[]> = {
  get: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'],
  query: ['dynamodb:Query'],
  put: ['dynamodb:PutItem'],
  update: ['dynamodb:UpdateItem'],
  delete: ['dynamodb:DeleteItem'],
  check: ['dynamodb:ConditionCheckItem'],
}

/** A function's rights and surroundings, both from what its ports declare and from nothing else. */
export function accessOf(
  uses: readonly Uses[],
  data: DataStack,
  configuration: Configuration,
): { statements: PolicyStatement[]; environment: Record<string, string> } {
  const grants = uses.flatMap(use => Object.values(use)).flatMap(({ grants }) => grants)
  const statements: PolicyStatement[] = []
  const environment: Record<string, string> = {}
  const may = (actions: readonly string[], resources: readonly string[], conditions?: Record<string, unknown>) =>
    statements.push(
      new PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions && { conditions }) }),
    )
  const { region } = Stack.of(data)

  const tableGrants = tableRights(grants)
  if (tableGrants.length > 0) {
    environment.TABLE_NAME = data.table.tableName
    for (const { actions, keys, index } of tableGrants) {
      const resource = index ? `${data.table.tableArn}/index/${index}` : data.table.tableArn
      may(actions, [resource], {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
        // Without this a call that names no key at all would pass the line above.
        Null: { 'dynamodb:LeadingKeys': 'false' },
      })
    }
    may(
      ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:DescribeKey'],
      [data.dataKey.keyArn],
      { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } },
    )
  }

  for (const grant of grants) {
    if (!('secret' in grant) || grant.may !== 'describe') continue
    environment[`SECRET_${grant.secret.toUpperCase()}`] = data.secrets[grant.secret].secretArn
    may(['secretsmanager:DescribeSecret'], [data.secrets[grant.secret].secretArn])
  }
  const secrets = new Set(grants.flatMap(grant => ('secret' in grant && !grant.may ? [grant.secret] : [])))
  for (const name of secrets) {
    environment[`SECRET_${name.toUpperCase()}`] = data.secrets[name].secretArn
    may(['secretsmanager:GetSecretValue'], [data.secrets[name].secretArn])
  }
  if (secrets.size > 0) {
    may(['kms:Decrypt'], [data.dataKey.keyArn], {
      StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
    })
  }

  for (const grant of grants) {
    if ('key' in grant) {
      const key = data.keys[grant.key]
      environment[`KEY_${grant.key.toUpperCase()}`] = key.keyArn
      may(
        grant.may.map(verb => (verb === 'encrypt' ? 'kms:Encrypt' : 'kms:Decrypt')),
        [key.keyArn],
        { Null: { 'kms:EncryptionContext:userId': 'false' } },
      )
    }
    if ('queue' in grant) {
      const queue = data.queues[grant.queue]
      environment[`QUEUE_${grant.queue.toUpperCase()}`] = queue.queueUrl
      may(['sqs:SendMessage'], [queue.queueArn])
    }
    if ('setting' in grant) Object.assign(environment, settings(configuration)[grant.setting])
    if ('chime' in grant) for (const verb of grant.chime) may([`chime:${verb}`], [chimeResource(verb, data)])
  }
  return { statements, environment }
}

/** What a function is told of the configuration. */
const settings = ({ origin }: Configuration): Record<SettingName, Record<string, string>> => ({
  origin: { PORTAL_ORIGIN: origin },
})

/** A meeting that does not exist yet has no ARN; one that does is of this account, and its id is the service's own. */
const chimeResource = (verb: ChimeVerb, data: DataStack): string =>
  verb === 'CreateMeeting' ? '*' : `arn:aws:chime:${data.region}:${data.account}:meeting/*`

/**
 * One statement for each set of keys: a read of several items at once passes only a statement that names all their keys, so
 * the keys of all ports that may do the same are joined before verbs with equal keys are.
 */
function tableRights(grants: readonly Grant[]): { actions: string[]; keys: string[]; index?: IndexName }[] {
  const keysOf = new Map<string, Set<string>>()
  for (const grant of grants) {
    if (!('table' in grant)) continue
    for (const verb of grant.table) {
      for (const index of grant.index ?? ['']) {
        const at = `${index}:${verb}`
        keysOf.set(at, new Set([...(keysOf.get(at) ?? []), ...grant.keys]))
      }
    }
  }
  const rights = new Map<string, { actions: string[]; keys: string[]; index?: IndexName }>()
  for (const [at, keys] of [...keysOf].sort()) {
    const [index, verb] = at.split(':') as [IndexName | '', TableVerb]
    const sorted = [...keys].sort()
    const same = `${index}:${sorted.join()}`
    const right = rights.get(same) ?? { actions: [], keys: sorted, ...(index && { index }) }
    right.actions.push(...actionsOf[verb])
    rights.set(same, right)
  }
  return [...rights.values()]
}
