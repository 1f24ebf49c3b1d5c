import { describe, expect, it } from 'vitest'
import { hotDays } from '../../../shared/domain/audit/expiry.ts'
import { work } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { sampleEvent } from './archive.ts'

describe('audit.watch', () => {
  const changed = (change: object, ageDays: number) => {
    const event = sampleEvent('watch')
    const [record] = event.Records
    record.dynamodb.OldImage.recordedAt = { S: new Date(Date.now() - ageDays * 86_400_000).toJSON() }
    Object.assign(record, change)
    return outputOf(() => work('audit.watch', event))
  }

  it('counts what DynamoDB removed at the end of its time', async () => {
    expect(await changed({}, hotDays + 1)).toContain('"AuditRecordsExpired":1')
  })

  it.each([
    ['somebody removed', { userIdentity: undefined }, hotDays + 1],
    ['somebody changed', { eventName: 'MODIFY', userIdentity: undefined }, 1],
    ['DynamoDB removed before its time, since somebody moved its TTL', {}, hotDays - 1],
  ])('raises the alarm for a record that %s', async (_, change, age) => {
    const output = await changed(change, age)
    expect(output).toContain('"AuditRecordsTampered":1')
    expect(output).not.toContain('AuditRecordsExpired')
  })
})
