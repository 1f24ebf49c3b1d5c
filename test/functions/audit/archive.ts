import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { archive } from '../../../shared/adapters/archive.ts'
import { signer } from '../../../shared/adapters/signer.ts'
import { digestOf } from '../../../shared/domain/audit/canonical.ts'
import type { Evidence } from '../../../shared/domain/audit/verify.ts'
import type { AuditEvent } from '../../../shared/schema/audit.ts'
import { seals } from '../../../shared/store/seals.ts'
import { place } from '../../harness/index.ts'

const dynamo = new DynamoDBClient({ endpoint: place.environment.AWS_ENDPOINT_URL_DYNAMODB, region: 'us-east-1' })

/** The event by which the schedule or the stream calls a worker. */
export const sampleEvent = (name: string) =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, '..', '..', '..', 'events', 'audit', `${name}.json`), 'utf8'))

/** The records of the table's stream that tell of these audit records, from the items that are really there. */
export async function inserted(records: readonly (AuditEvent & { pk?: unknown })[]) {
  const Records = await Promise.all(
    records.map(async ({ pk, auditEventId }, index) => {
      const Keys = { pk: { S: String(pk) }, sk: { S: auditEventId } }
      const { Item } = await dynamo.send(
        new GetItemCommand({ TableName: place.environment.TABLE_NAME, Key: Keys, ConsistentRead: true }),
      )
      return {
        eventName: 'INSERT',
        eventSource: 'aws:dynamodb',
        dynamodb: { Keys, NewImage: Item, SequenceNumber: String(index + 1) },
      }
    }),
  )
  return { Records }
}

/** The archive as a verification is given it, from a manifest on. */
export async function evidenceAfter(sequence: number, table?: readonly unknown[]): Promise<Evidence> {
  const signal = AbortSignal.timeout(60_000)
  const store = archive({ signal })
  const { sequence: last } = await seals({ signal }).head()
  const sequences = Array.from({ length: last - sequence }, (_, index) => sequence + 1 + index)
  const manifests = await Promise.all(sequences.map(async at => ({ sequence: at, sealed: await store.manifest(at) })))
  const before = sequence > 0 ? await store.manifest(sequence) : undefined
  const names = manifests.flatMap(({ sealed }) => sealed?.manifest.batch ?? [])
  const lines = await Promise.all(names.map(async name => [name, (await store.batch(name)) ?? ''] as const))
  return {
    manifests,
    before: before && digestOf(before.manifest),
    batches: new Map(lines),
    table,
    isSigned: await signer({ signal }).checker(),
    now: new Date().toJSON(),
  }
}
