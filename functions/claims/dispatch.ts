import { defineWorker } from '../../shared/kernel/worker.ts'
import { submissionQueue } from '../../shared/ports/submissionQueue.ts'
import { SubmissionMessage } from '../../shared/schema/submissions.ts'

/** Calls the sender for each submission as soon as the table's stream tells of it. */
export default defineWorker({
  summary: 'Queue new submissions',
  source: { stream: { entity: 'OUTBOX', on: 'INSERT' } },
  message: SubmissionMessage,
  audit: { action: 'E', entity: 'Claim/{claimId}' },
  timeout: 15,
  uses: { submissionQueue },

  async handle({ message, submissionQueue }) {
    await submissionQueue.send(message)
  },
})
