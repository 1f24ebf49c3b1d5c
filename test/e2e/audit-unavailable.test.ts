import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cloud, startCloud } from '../../local/cloud.ts'
import { fixedId, seed } from '../../local/seed.ts'
import { assemble } from '../../local/start/assembly.ts'
import { openStandins } from '../../local/start/parts.ts'
import { type Client, dataFolder, Stack } from './stack.ts'

const { data, remove } = dataFolder()
const patientId = fixedId('pat', 'patient0')
let cloud: Cloud
let stack: Stack
let admin: Client
let whole: string
let broken: string

beforeAll(async () => {
  whole = (await assemble(resolve(import.meta.dirname, '..', '..'))).directory
  broken = withoutTrail(whole)
  const standins = openStandins(data)
  cloud = await startCloud({
    assembly: whole,
    data,
    port: 0,
    services: () => standins.services,
    page: standins.page,
  })
  const environment = Object.assign({}, ...cloud.functions().map(spec => spec.environment))
  await seed({ awsUrl: cloud.awsUrl, tableName: 'haven-dev', environment })
  stack = Stack.attach(cloud.url, cloud.awsUrl)
  admin = await stack.client('admin')
}, 240_000)
afterAll(async () => {
  await cloud?.stop()
  rmSync(broken, { recursive: true, force: true })
  remove()
})

interface Template {
  Resources: Record<string, { Type: string; Properties: { PolicyDocument?: { Statement: object[] } } }>
}

/** The same cloud, in which no function may write an audit record any more. */
function withoutTrail(from: string): string {
  const to = mkdtempSync(join(tmpdir(), 'haven-broken-'))
  cpSync(from, to, { recursive: true })
  for (const name of readdirSync(to).filter(file => file.endsWith('.template.json'))) {
    const template = JSON.parse(readFileSync(join(to, name), 'utf8')) as Template
    for (const { Type, Properties } of Object.values(template.Resources ?? {})) {
      if (Type !== 'AWS::IAM::ManagedPolicy') continue
      Properties.PolicyDocument?.Statement.push({
        Effect: 'Deny',
        Action: 'dynamodb:PutItem',
        Resource: '*',
        Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['AUDIT#*'] } },
      })
    }
    writeFileSync(join(to, name), JSON.stringify(template))
  }
  return to
}

const stored = async () => (await stack.items('')).filter(({ pk }) => !/^(LIMIT|SESSION|SEAL|AUDIT)#/.test(String(pk)))

const letters = async () =>
  (await (await fetch(`${cloud.url}/_local/outbox?to=operator@localhost`)).json()) as {
    subject: string
    text: string
  }[]

describe('a system that cannot write its audit trail', () => {
  it('shows nothing, changes nothing, and calls somebody once', async () => {
    const record = () => admin.send('GET', `/patients/${patientId}`)
    const change = (phone: string) =>
      admin.send('PATCH', `/patients/${patientId}`, { version: 1, phone, reason: 'Moved' })
    expect((await record()).status).toBe(200)
    expect(await letters()).toEqual([])

    await cloud.reload(broken)
    const before = await stored()
    for (let count = 0; count < 3; count++) {
      const { status, body } = await record()
      expect([status, body.code]).toEqual([503, 'audit-unavailable'])
      expect(JSON.stringify(body)).not.toContain('birthDate')
    }
    expect((await change('5035550100')).status).toBeGreaterThanOrEqual(500)
    expect(await stored()).toEqual(before)

    const mails = await letters()
    expect(mails.filter(({ subject }) => subject === 'ALARM: Haven-dev-Monitoring-AuditUnavailable')).toHaveLength(1)
    expect(mails.filter(({ subject }) => subject === 'ALARM: Haven-dev-Monitoring-DenialNotRecorded')).toHaveLength(1)
    expect(JSON.stringify(mails)).not.toContain(patientId)
    const log = await (await fetch(`${cloud.url}/_local/logs?function=haven-dev-patients-get&limit=50`)).text()
    expect(log).toContain('AUDIT UNAVAILABLE')

    await cloud.reload(whole)
    expect((await record()).status).toBe(200)
    expect((await change('5035550101')).status).toBe(200)
  }, 120_000)
})
