import * as z from 'zod'
import { seal } from '../../shared/domain/audit/seal.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { archive, seals, signer } from '../../shared/ports/sealing.ts'
import { AuditRecord } from '../../shared/schema/audit.ts'

/**
 * Seals new audit records, as the table's stream tells of them: their lines go into the archive under a lock of six years, and
 * a signed manifest that names the one before says how many they were.
 */
export default defineWorker({
  summary: 'Seal audit records into the archive',
  source: { stream: { entity: 'AUDIT', on: 'INSERT' } },
  // What the stream tells of so many is below the six megabytes that one event may have.
  batch: { size: 2_500, seconds: 30 },
  message: z.array(AuditRecord.strip()),
  audit: { action: 'C', entity: 'AuditArchive/batch' },
  timeout: 60,
  memory: 1769,
  concurrency: 1,
  uses: { archive, seals, signer },

  async handle({ message, archive, seals, signer, now, count }) {
    await seal(message, now, { heads: seals, archive, signer })
    count('AuditRecordsSealed', message.length)
  },
})
