import * as z from 'zod'
import { seal } from '../../shared/domain/audit/seal.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { archive, seals, signer } from '../../shared/ports/sealing.ts'

/** Signs that nothing was added: without it the end of the archive could be cut off and nobody would know. */
export default defineWorker({
  summary: 'Sign a heartbeat into the audit archive',
  source: { schedule: 'rate(5 minutes)' },
  message: z.unknown(),
  audit: { action: 'C', entity: 'AuditArchive/heartbeat' },
  timeout: 30,
  concurrency: 1,
  uses: { archive, seals, signer },

  async handle({ archive, seals, signer, now, count }) {
    await seal([], now, { heads: seals, archive, signer })
    count('AuditHeartbeats', 1)
  },
})
