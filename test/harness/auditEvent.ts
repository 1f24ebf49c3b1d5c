import { idsAt } from '../../shared/kernel/random.ts'
import type { AuditEvent } from '../../shared/schema/audit.ts'
import type { PracticeId } from '../../shared/schema/ids.ts'

/** What a test writes into the trail of a practice, where it does not matter what. */
export function auditEvent(practiceId: PracticeId, change: Partial<AuditEvent> = {}): AuditEvent {
  const recordedAt = new Date().toJSON()
  return {
    auditEventId: idsAt(recordedAt)('aud'),
    practiceId,
    recordedAt,
    actor: { type: 'system', id: 'test' },
    name: 'test',
    verb: 'U',
    outcome: 'success',
    entity: { type: 'Test', id: '-' },
    purposeOfUse: 'TREAT',
    source: { address: '-', client: 'test' },
    requestId: 'test',
    elapsed: 0,
    schema: 1,
    ...change,
  }
}
