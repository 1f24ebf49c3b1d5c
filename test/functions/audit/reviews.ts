import { wallTimeOf } from '../../../shared/domain/scheduling/wallTime.ts'
import { idsAt } from '../../../shared/kernel/random.ts'
import { type AuditEvent, AuditRecord } from '../../../shared/schema/audit.ts'
import { auditItem } from '../../../shared/store/audit.ts'
import { itemsAt, plant, sqsEvent, type TestPractice, work } from '../../harness/index.ts'

/** A day of the practice's calendar, so many before today. */
export const dayAgo = (days: number): string =>
  wallTimeOf(new Date(Date.now() - days * 86_400_000).toJSON(), 'America/Los_Angeles').slice(0, 10)

/** Puts a record into the trail at another time than now. */
export async function recordAt(practice: TestPractice, recordedAt: string, change: Partial<AuditEvent>) {
  const [template] = await practice.trail()
  const { patientId: _, changed: __, version: ___, ...record } = AuditRecord.strip().parse(template)
  const event = { ...record, recordedAt, auditEventId: idsAt(recordedAt)('aud'), ...change }
  await plant(auditItem(event))
  return event
}

export const review = ({ practice: { practiceId } }: TestPractice, day: string) =>
  work('audit.review', sqsEvent({ practiceId, day }))

export const findingsOf = ({ practice: { practiceId } }: TestPractice, day: string) =>
  itemsAt(`AUDITREVIEW#${practiceId}#${day}`)
