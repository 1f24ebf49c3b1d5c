import { isExpiry } from '../../shared/domain/audit/expiry.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { StreamChange } from '../../shared/schema/audit.ts'

/**
 * Sees every change and removal of an audit record. Only the end of its time in the table is right, long after it was sealed;
 * anything else is somebody's hand, and an alarm.
 */
export default defineWorker({
  summary: 'Watch the audit trail for tampering',
  source: { stream: { entity: 'AUDIT', on: 'CHANGE' } },
  message: StreamChange,
  audit: { action: 'R', entity: 'AuditEvent/changed' },
  timeout: 30,

  async handle({ message, now, count }) {
    count(isExpiry(message, now) ? 'AuditRecordsExpired' : 'AuditRecordsTampered', 1)
  },
})
