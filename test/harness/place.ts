import { randomInt, randomUUID } from 'node:crypto'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { inject } from 'vitest'
import { callJson } from '../../local/aws/json.ts'
import { createTable } from '../../local/dynamodb/engine.ts'
import { forgetSecret } from '../../shared/adapters/secrets.ts'
import { randomText } from '../../shared/kernel/random.ts'
import { recordKeys } from '../../shared/ports/gates.ts'
import { forgetRecordKeys } from '../../shared/store/sealing.ts'
import { forgetTable } from '../../shared/store/table.ts'
import type { Place } from './setup.ts'

/** Where the parts of this test file stand. */
export const place: Place = inject('place')
Object.assign(process.env, place.environment)
// A running system's parts are used as they stand: what is planted there is what it serves.
if (place.tables) await ownPlace()
// What is planted is sealed like what a function writes.
await recordKeys.load()

/**
 * A table, a folder of the archive, signing keys and an account at the clearinghouse that nobody has used: each test file
 * begins with them, so none sees what another left, and looking through a whole table stays cheap.
 */
export async function ownPlace(): Promise<void> {
  if (!place.tables) throw new Error('a running system has tables of its own')
  const { AWS_ENDPOINT_URL: endpoint, AWS_ENDPOINT_URL_DYNAMODB: dynamo = '' } = place.environment
  const name = `test-${randomUUID()}`
  const manager = new SecretsManagerClient({ endpoint, region: 'us-east-1' })
  const secret = async (of: string, SecretString: string) =>
    (await manager.send(new CreateSecretCommand({ Name: `test/${of}/${name}`, SecretString }))).ARN ?? ''
  const account = { ...place.account, submitterId: `T${randomText(8)}` }
  const [signing, clearinghouse] = await Promise.all([
    secret('signing', 'what a deploy puts there'),
    secret('clearinghouse', JSON.stringify(account)),
    createTable(dynamo, name, place.tables.records),
    createTable(dynamo, `${name}-keys`, place.tables.keys),
  ])
  const own = {
    TABLE_NAME: name,
    KEYS_TABLE_NAME: `${name}-keys`,
    BUCKET_ARCHIVE: `test-archive/${name}`,
    SECRET_SIGNING: signing,
    SECRET_CLEARINGHOUSE: clearinghouse,
  }
  // The clearinghouse hands its answers to whoever asks first, and they are told apart by the numbers of interchanges.
  await callJson(dynamo, 'DynamoDB_20120810.PutItem', {
    TableName: name,
    Item: {
      pk: { S: 'CONTROL#clearinghouse' },
      sk: { S: 'CONTROL' },
      lastNumber: { N: String(randomInt(1, 900_000_000)) },
    },
  })
  Object.assign(place.environment, own)
  Object.assign(process.env, own)
  forgetTable()
  forgetRecordKeys()
  forgetSecret('signing')
  forgetSecret('clearinghouse')
}
