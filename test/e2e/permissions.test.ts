import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cloud, startCloud } from '../../local/cloud.ts'
import { demo, fixedId, seed } from '../../local/seed.ts'
import { standins } from '../../local/standins/index.ts'
import { assemble } from '../../local/start/assembly.ts'
import type { Template } from '../../local/template/assembly.ts'
import { dataFolder, Stack } from './stack.ts'

const root = resolve(import.meta.dirname, '..', '..')
const { data, remove } = dataFolder()
const practiceId = fixedId('prc', demo.slug)
let cloud: Cloud
let cookie = ''

/** Takes the statements that name these keys out of a function's policy, as if its port did not grant them. */
function withoutGrant(directory: string, stack: string, keys: string): void {
  const file = join(directory, `Haven-dev-${stack}.template.json`)
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template
  let removed = 0
  for (const { Type, Properties } of Object.values(template.Resources ?? {})) {
    const document = Properties?.PolicyDocument as { Statement: object[] } | undefined
    if (Type !== 'AWS::IAM::ManagedPolicy' || !document || Properties?.Description !== 'Show a patient') continue
    const kept = document.Statement.filter(statement => !JSON.stringify(statement).includes(keys))
    removed += document.Statement.length - kept.length
    document.Statement = kept
  }
  if (removed === 0) throw new Error(`no statement names ${keys}`)
  writeFileSync(file, JSON.stringify(template))
}

/** A program that reads or writes whatever it is told, in place of a function's own, with the function's own rights. */
async function probe(): Promise<string> {
  const directory = join(data, 'probe')
  mkdirSync(directory)
  await build({
    stdin: {
      contents: `
        import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
        import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
        import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms'
        const table = DynamoDBDocumentClient.from(new DynamoDBClient({}))
        const kms = new KMSClient({})
        const commands = { DeleteCommand, GetCommand, PutCommand, QueryCommand, ScanCommand }
        export const handler = async ({ command, input: { base64, ...input } }) => {
          try {
            const bytes = base64 && Buffer.from(base64, 'base64')
            if (command === 'DecryptCommand') await kms.send(new DecryptCommand({ ...input, CiphertextBlob: bytes }))
            else if (command === 'EncryptCommand') await kms.send(new EncryptCommand({ ...input, Plaintext: bytes }))
            else await table.send(new commands[command]({ TableName: process.env.TABLE_NAME, ...input }))
            return 'allowed'
          } catch (error) {
            return error.name
          }
        }`,
      resolveDir: root,
    },
    outfile: join(directory, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
  })
  return directory
}

const attempt = async (command: string, input: object, as = 'patients-get'): Promise<unknown> =>
  JSON.parse(String((await cloud.invoke(`haven-dev-${as}`, { command, input })).payload))

beforeAll(async () => {
  const { directory } = await assemble(root)
  const local = standins(join(data, 'standins'))
  cloud = await startCloud({ assembly: directory, data, port: 0, services: () => local.services })
  const environment = Object.assign({}, ...cloud.functions().map(spec => spec.environment))
  await seed({ awsUrl: cloud.awsUrl, tableName: 'haven-dev', environment })
  cookie = (await Stack.attach(cloud.url, cloud.awsUrl).client('admin')).cookie
})
afterAll(async () => {
  await cloud?.stop()
  remove()
})

const show = () => fetch(`${cloud.url}/api/v1/patients/${fixedId('pat', 'patient0')}`, { headers: { cookie } })

describe('a function without one of its grants', () => {
  it('200 with them all', async () => {
    expect((await show()).status).toBe(200)
  })

  it('500 and nothing of the patient when it may not read patients, and AccessDenied in its log', async () => {
    const { directory } = await assemble(root)
    const copy = join(data, 'assembly')
    cpSync(directory, copy, { recursive: true })
    withoutGrant(copy, 'patients', 'PATIENT#*')
    await cloud.reload(copy)

    const response = await show()
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ code: 'internal-error' })
    expect(JSON.stringify(cloud.logs.tail(50, 'haven-dev-patients-get'))).toContain('AccessDeniedException')

    await cloud.reload(directory)
    expect((await show()).status).toBe(200)
  })
})

describe('the rights of patients.get', () => {
  beforeAll(async () => cloud.replaceCode('haven-dev-patients-get', await probe()))
  const key = (pk: string, sk: string) => ({ Key: { pk, sk } })

  it('reach patients', async () => {
    expect(await attempt('GetCommand', key(`PATIENT#${practiceId}#${fixedId('pat', 'patient0')}`, 'PATIENT'))).toBe(
      'allowed',
    )
  })

  it.each([
    ['another entity', 'GetCommand', key(`CLAIM#${practiceId}#clm_X`, 'CLAIM')],
    ['second factors', 'GetCommand', key(`FACTOR#${practiceId}#usr_X`, 'TOTP')],
    ['a patient to change', 'PutCommand', { Item: { pk: `PATIENT#${practiceId}#pat_X`, sk: 'PATIENT' } }],
    ['the audit trail to read', 'GetCommand', key(`AUDIT#${practiceId}#2026-01-01#0`, 'aud_X')],
    ['the whole table', 'ScanCommand', {}],
    [
      'an index of another entity',
      'QueryCommand',
      {
        IndexName: 'gsi3',
        KeyConditionExpression: 'gsi3pk = :pk',
        ExpressionAttributeValues: { ':pk': `CLAIM#${practiceId}#PATIENT#pat_X` },
      },
    ],
  ])('do not reach %s', async (_, command, input) => {
    expect(await attempt(command, input)).toBe('AccessDeniedException')
  })
})

describe.each([
  ['psychotherapy', 'PSYCHOTHERAPY'],
  ['substanceuse', 'SUBSTANCEUSE'],
])('the key of %s notes', (domain, space) => {
  const named = [`${domain}-create`, `${domain}-get`]
  const others = [
    `${domain}-list`,
    'patients-get',
    domain === 'psychotherapy' ? 'substanceuse-get' : 'psychotherapy-get',
  ]
  beforeAll(async () => {
    const code = join(data, 'probe')
    for (const name of [...named, ...others]) cloud.replaceCode(`haven-dev-${name}`, code)
  })
  const keyId = () => {
    const variable = domain === 'psychotherapy' ? 'KEY_PSYCHOTHERAPY' : 'KEY_SUBSTANCE_USE'
    return cloud.functions().find(({ name }) => name === `haven-dev-${domain}-get`)?.environment[variable]
  }
  const EncryptionContext = { practiceId, patientId: 'pat_X' }
  const use = (base64: string, context: object | undefined = EncryptionContext) => ({
    KeyId: keyId(),
    base64,
    ...(context && { EncryptionContext: context }),
  })

  it('opens to the functions that are named, and to no other, also not with a right name for the patient', async () => {
    // What is no ciphertext of this key is looked at, and refused for what it is, only after the right to ask.
    for (const as of named) expect(await attempt('DecryptCommand', use('AAAA'), as)).toBe('InvalidCiphertextException')
    for (const as of others) expect(await attempt('DecryptCommand', use('AAAA'), as)).toBe('AccessDeniedException')
  })

  it('seals for the one that writes, and only where the patient is named', async () => {
    expect(await attempt('EncryptCommand', use('AAAA'), named[0])).toBe('allowed')
    expect(await attempt('EncryptCommand', use('AAAA', {}), named[0])).toBe('AccessDeniedException')
    for (const as of [named[1], ...others]) {
      expect(await attempt('EncryptCommand', use('AAAA'), as)).toBe('AccessDeniedException')
    }
  })

  it('is of no use to whoever cannot reach the notes: their space of keys is closed too', async () => {
    const key = { Key: { pk: `${space}#${practiceId}#pat_X`, sk: 'KEY' } }
    for (const as of others.slice(1)) expect(await attempt('GetCommand', key, as)).toBe('AccessDeniedException')
  })
})

describe('the keys of records', () => {
  const key = { TableName: 'haven-dev-keys', Key: { pk: `KEY#${practiceId}#pat_X`, sk: 'KEY' } }
  const item = { TableName: 'haven-dev-keys', Item: { ...key.Key, wrapped: 'x' } }
  beforeAll(() => {
    for (const name of ['appointments-list', 'erasures-run'])
      cloud.replaceCode(`haven-dev-${name}`, join(data, 'probe'))
  })

  it('are read by what opens records, and by nothing else', async () => {
    expect(await attempt('GetCommand', key)).toBe('allowed')
    expect(await attempt('GetCommand', key, 'appointments-list')).toBe('AccessDeniedException')
    expect(await attempt('ScanCommand', { TableName: 'haven-dev-keys' })).toBe('AccessDeniedException')
  })

  it('are put in no place by what reads them, and destroyed by erasures alone', async () => {
    for (const as of ['patients-get', 'erasures-run'])
      expect(await attempt('PutCommand', item, as)).toBe('AccessDeniedException')
    expect(await attempt('DeleteCommand', key)).toBe('AccessDeniedException')
    expect(await attempt('DeleteCommand', key, 'erasures-run')).toBe('allowed')
  })
})

describe('what a function is told', () => {
  it('names only what its ports use', () => {
    const environments = new Map(cloud.functions().map(({ name, environment }) => [name, Object.keys(environment)]))
    expect(environments.get('haven-dev-patients-get')?.sort()).toEqual([
      'KEYS_TABLE_NAME',
      'PORTAL_ORIGIN',
      'SECRET_RECORD_KEYS',
      'TABLE_NAME',
    ])
    expect(environments.get('haven-dev-health-basic')).toEqual([])
    expect(environments.get('haven-dev-mfa-verify')?.sort()).toEqual(['KEY_FACTORS', 'TABLE_NAME'])
  })
})
