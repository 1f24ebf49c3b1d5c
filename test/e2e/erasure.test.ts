import { join, resolve } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cloud, startCloud } from '../../local/cloud.ts'
import { fixedId, seed } from '../../local/seed.ts'
import { standins } from '../../local/standins/index.ts'
import { assemble } from '../../local/start/assembly.ts'
import { dataFolder, Stack } from './stack.ts'

const { data, remove } = dataFolder()
const patientId = fixedId('pat', 'patient0')
let cloud: Cloud
let stack: Stack

beforeAll(async () => {
  const { directory } = await assemble(resolve(import.meta.dirname, '..', '..'))
  const local = standins(join(data, 'standins'))
  cloud = await startCloud({ assembly: directory, data, port: 0, services: () => local.services })
  const environment = Object.assign({}, ...cloud.functions().map(spec => spec.environment))
  await seed({ awsUrl: cloud.awsUrl, tableName: 'haven-dev', environment })
  stack = Stack.attach(cloud.url, cloud.awsUrl)
})
afterAll(async () => {
  await cloud?.stop()
  remove()
})

const aged = (text: string) => text.replace(/^(2\d{3})(?=-\d\d-\d\dT)/, year => String(Number(year) - 30))

/** What is held of the patient becomes thirty years older, so that no duty to keep it is left. */
async function age() {
  const credentials = { accessKeyId: 'OPERATOR', secretAccessKey: 'local' }
  const table = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: cloud.awsUrl, region: 'us-east-1', credentials }),
  )
  for (const entity of ['PATIENT#', 'CONSENT#', 'COVERAGE#', 'APPOINTMENT#', 'CLAIM#', 'DISCLOSURE#']) {
    for (const item of await stack.items(entity)) {
      if (!JSON.stringify(item).includes(patientId)) continue
      const older = Object.entries(item).map(([name, value]) => [name, typeof value === 'string' ? aged(value) : value])
      await table.send(new PutCommand({ TableName: 'haven-dev', Item: Object.fromEntries(older) }))
    }
  }
  table.destroy()
}

describe('an erasure in the deployed system', () => {
  it('needs no more than the rights of its functions, and leaves nothing of the patient', {
    timeout: 120_000,
  }, async () => {
    const admin = await stack.client('admin')
    const patient = await stack.client('patient')
    await age()
    const asked = await patient.send('POST', `/patients/${patientId}/erasures`)
    expect(asked.status).toBe(201)
    const decision = `/patients/${patientId}/erasures/${asked.body.erasureId}/decision`
    const decided = await admin.send('PUT', decision, { outcome: 'granted', note: 'All of it' })
    expect([decided.status, decided.body.decision.duties]).toEqual([200, []])
    expect((await admin.send('PUT', `/patients/${patientId}/legal-hold`, { reason: 'A suit' })).status).toBe(201)
    const run = async () =>
      expect(String((await cloud.invoke('haven-dev-erasures-run', {})).payload)).toContain('batchItemFailures')
    await run()
    expect((await admin.send('GET', `/patients/${patientId}`)).status).toBe(200)
    expect((await admin.send('POST', `/patients/${patientId}/legal-hold/release`, { reason: 'Settled' })).status).toBe(
      200,
    )
    await run()
    await run()
    expect((await admin.send('GET', `/patients/${patientId}`)).status).toBe(404)
    expect((await patient.send('GET', `/patients/${patientId}`)).status).toBe(401)
    const { body } = await admin.send('GET', `/erasures?patientId=${patientId}`)
    expect(body.items).toMatchObject([{ status: 'erased' }])
    const left = (await stack.items('')).filter(item => JSON.stringify(item).includes(patientId))
    expect([...new Set(left.map(({ pk }) => String(pk).split('#')[0]))].sort()).toEqual(['AUDIT', 'ERASURE'])
  })
})
