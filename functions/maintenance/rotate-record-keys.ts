import { defineWorker } from '../../shared/kernel/worker.ts'
import { recordKeysSecret } from '../../shared/ports/recordKeys.ts'
import { RotationStep } from '../../shared/schema/secrets.ts'

/**
 * Turns the secret that wraps the keys of patients' records. A key says by which value it is wrapped, and those that were stay, so that
 * every record goes on to open; `maintenance.wrap-record-keys` then wraps the keys anew.
 */
export default defineWorker({
  summary: 'Turn the secret that wraps the keys of records',
  source: { rotates: 'record-keys', every: 'rate(365 days)' },
  message: RotationStep,
  audit: { action: 'U', entity: 'Secret/record-keys' },
  timeout: 30,
  uses: { recordKeysSecret },

  async handle({ message: { step, version }, recordKeysSecret, commit, count }) {
    switch (step) {
      case 'createSecret':
        return recordKeysSecret.make(version)
      case 'setSecret':
        // Nobody else has it: there is nowhere to set it.
        return
      case 'testSecret':
        return recordKeysSecret.test(version)
      case 'finishSecret':
        await recordKeysSecret.finish(version)
        await commit()
        count('RecordKeySecretsRotated', 1)
    }
  },
})
