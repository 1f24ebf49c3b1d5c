import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { TestProject } from 'vitest/node'
import { startMessaging } from '../../local/aws/messaging.ts'
import { startClearinghouse } from '../../local/clearinghouse/index.ts'
import { startDynamo, type TableProperties, tablesOf } from '../../local/dynamodb/engine.ts'
import { standins } from '../../local/standins/index.ts'
import { serve } from '../../local/standins/serve.ts'
import { assemble } from '../../local/start/assembly.ts'
import { readAssembly } from '../../local/template/assembly.ts'

/** Where the parts stand on which functions are tested: what a function finds in its environment. */
export interface Place {
  environment: Record<string, string>
  /** Of each of which every test file gets one of its own; none where the place is a running system. */
  tables?: { records: TableProperties; keys: TableProperties }
  /** At the clearinghouse, which knows a submitter's interchanges by their numbers: each test file is another. */
  account?: Record<string, string>
  clearinghouseUrl: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    place: Place
  }
}

/**
 * The real parts, once for all tests: the embedded DynamoDB, the stand-ins of the other services, and the clearinghouse. Every
 * test file has a table of the synthesized template's kind, and every test plants practices of its own.
 */
export default async function setup(project: TestProject) {
  const root = resolve(import.meta.dirname, '..', '..')
  const data = mkdtempSync(join(tmpdir(), 'haven-test-'))
  const { directory } = await assemble(root)
  const templates = readAssembly(directory).map(({ template }) => template)

  const dynamo = await startDynamo()
  const tables = tablesOf(templates)
  const records = tables.find(({ name }) => name === 'haven-dev')
  const keys = tables.find(({ name }) => name === 'haven-dev-keys')
  if (!records || !keys) throw new Error('the templates lack a table')
  const local = standins(join(data, 'standins'))
  // Tests take the steps of a rotation themselves.
  local.secrets.rotateBy(async () => {})
  let endpoint = ''
  const messaging = await startMessaging(join(data, 'messaging'), () => endpoint)
  const served = await serve([...local.services, messaging.service])
  endpoint = served.endpoint
  const clearinghouse = await startClearinghouse({ port: 0, dataDir: join(data, 'clearinghouse'), apiKey: 'test-key' })

  messaging.ensureBucket('test-archive', true)
  messaging.ensureBucket('test-records', false)
  const credentials = { accessKeyId: 'OPERATOR', secretAccessKey: 'local' }
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials })
  const queue = async (QueueName: string) => (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? ''
  const [claims, reviews, exported] = [await queue('claims'), await queue('reviews'), await queue('exports')]
  const copies = await queue('copies')

  project.provide('place', {
    clearinghouseUrl: clearinghouse.url,
    tables: { records: records.properties, keys: keys.properties },
    account: {
      url: clearinghouse.url,
      apiKey: 'test-key',
      submitterId: '',
      submitterName: 'TEST PRACTICE',
      contactName: 'BILLING OFFICE',
      phone: '5035550100',
      receiverId: 'CLEARING',
      receiverName: 'TEST CLEARINGHOUSE',
      usage: 'T',
    },
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      SECRET_PEPPER: local.secrets.ensureSecret('test/pepper', 'a pepper for tests'),
      SECRET_RECORD_KEYS: local.secrets.ensureSecret('test/record-keys', 'a key of keys for tests'),
      SECRET_LINKS: local.secrets.ensureSecret('test/links', 'a key of links for tests'),
      SECRET_CURSORS: local.secrets.ensureSecret('test/cursors', 'a key of cursors for tests'),
      SECRET_CAPTCHA: local.secrets.ensureSecret(
        'test/captcha',
        JSON.stringify({ provider: 'altcha', key: 'a key of challenges for tests alone', maxNumber: 1_000 }),
      ),
      SECRET_ORIGIN: local.secrets.ensureSecret(
        'test/origin',
        JSON.stringify({
          current: 'an origin secret for tests, present',
          previous: 'an origin secret for tests, before',
        }),
      ),
      PORTAL_ORIGIN: 'https://portal.example',
      // Begins without a request to anybody: what begins a flow can be tried without a provider that answers.
      SECRET_IDENTITY_PROVIDERS: local.secrets.ensureSecret(
        'test/identity-providers',
        JSON.stringify({
          facebook: {
            kind: 'facebook',
            clientId: '1000000000000001',
            clientSecret: 'none',
            scopes: ['public_profile'],
          },
        }),
      ),
      SIGNER_SEAL: local.kms.ensureKey('seal', 'ECC_NIST_P256'),
      KEY_FACTORS: local.kms.ensureKey('factors'),
      KEY_PSYCHOTHERAPY: local.kms.ensureKey('psychotherapy'),
      KEY_SUBSTANCE_USE: local.kms.ensureKey('substance-use'),
      QUEUE_CLAIMS: claims,
      QUEUE_REVIEWS: reviews,
      QUEUE_EXPORTS: exported,
      QUEUE_COPIES: copies,
      BUCKET_RECORDS: 'test-records',
      MAIL_FROM: 'no-reply@haven.example',
      SMS_FROM: 'pool-haven',
    },
  })

  return async () => {
    sqs.destroy()
    await Promise.all([served.stop(), clearinghouse.stop(), dynamo.stop(), messaging.service.stop?.()])
    local.stop()
    rmSync(data, { recursive: true, force: true })
  }
}
