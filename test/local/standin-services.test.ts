import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AwsCall, AwsService } from '../../local/aws/service.ts'
import { fixture } from './fixture/assembly.ts'
import { type TestCloud, testCloud } from './fixture/cloud.ts'

// Just enough of KMS and Secrets Manager to see what the cloud asks of them.
function store(name: string, operations: Record<string, (input: Record<string, string>) => object | undefined>) {
  const service: AwsService = {
    names: [name],
    needs: () => [],
    async answer(call: AwsCall) {
      const operation = call.headers['x-amz-target']?.split('.')[1] ?? ''
      const result = operations[operation]?.(JSON.parse(call.body.toString()))
      return result
        ? { status: 200, headers: {}, body: JSON.stringify(result) }
        : { status: 400, headers: {}, body: '{"__type":"ResourceNotFoundException","message":"none"}' }
    },
  }
  return service
}

const arn = 'arn:aws:kms:us-east-1:000000000000:key/11111111-1111-1111-1111-111111111111'
const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:fixture/token-AbCdEf'
const made = { keys: 0, aliases: [] as string[], secret: '' }
const kms = store('kms', {
  CreateKey() {
    made.keys++
    return { KeyMetadata: { Arn: arn } }
  },
  CreateAlias({ AliasName = '' }) {
    made.aliases.push(AliasName)
    return {}
  },
  DescribeKey: ({ KeyId = '' }) =>
    made.keys && (KeyId === arn || made.aliases.includes(KeyId)) ? { KeyMetadata: { Arn: arn } } : undefined,
})
function write({ SecretString = '' }) {
  made.secret = SecretString
  return { ARN: secretArn }
}
const secrets = store('secretsmanager', {
  GetSecretValue: () => (made.secret ? { ARN: secretArn, SecretString: made.secret } : undefined),
  CreateSecret: write,
  PutSecretValue: write,
})
const outbox = { ...store('ses', {}), outbox: (query: URLSearchParams) => [{ to: query.get('to') }] }

const data = mkdtempSync(join(tmpdir(), 'local-cloud-'))
let cloud: TestCloud
beforeAll(async () => {
  cloud = await testCloud({ data, services: () => [kms, secrets, outbox] })
}, 60_000)
afterAll(async () => {
  await cloud.close()
  rmSync(data, { recursive: true })
})

it('makes keys with their aliases and secrets as the template says, and uses the names that the services gave', () => {
  expect(made).toMatchObject({ keys: 1, aliases: ['alias/fixture/main'] })
  const { user, key } = JSON.parse(made.secret)
  expect([user, key.length]).toEqual(['a', 40])
  const [echo] = cloud.functions()
  expect(echo?.environment).toMatchObject({ KEY: arn, SECRET: 'fixture/token' })
})

it('shows what was sent', async () => {
  const response = await fetch(`${cloud.url}/_local/outbox?to=a@example.com`)
  expect(await response.json()).toEqual([{ to: 'a@example.com' }])
})

it('finds them again, keeps what was generated and replaces what is given', async () => {
  const generated = made.secret
  await cloud.reload(await fixture())
  expect([made.keys, made.secret]).toEqual([1, generated])
  await cloud.close()
  cloud = await testCloud({ data, services: () => [kms, secrets], secrets: { 'fixture/token': 'given' } })
  expect([made.keys, made.secret]).toEqual([1, 'given'])
})
