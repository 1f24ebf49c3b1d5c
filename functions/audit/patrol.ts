import * as z from 'zod'
import { gather } from '../../shared/domain/audit/gather.ts'
import { patrolled } from '../../shared/domain/audit/patrol.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { archiveReader, sealEnd, signatureReader } from '../../shared/ports/sealing.ts'

/**
 * Verifies what was sealed of late, of all practices: signatures, hashes, trees, and that no chain has a gap. A verification that
 * somebody asks for finds more, since it holds the table against it; this one asks itself, every hour.
 */
export default defineWorker({
  summary: 'Look for gaps in the audit archive',
  source: { schedule: 'rate(1 hour)' },
  message: z.unknown(),
  audit: { action: 'E', entity: 'AuditArchive/patrol' },
  timeout: 300,
  memory: 1769,
  concurrency: 1,
  uses: { archiveReader, sealEnd, signatureReader },

  async handle({ archiveReader, sealEnd, signatureReader, now, count }) {
    const evidence = await gather(patrolled.window(now), now, {
      heads: sealEnd,
      archive: archiveReader,
      day: async () => [],
      checker: signatureReader.checker,
    })
    if (!evidence) throw new Error('more was sealed than one patrol can read')
    count('AuditGaps', patrolled.findings(evidence, now).length)
  },
})
