import { defineWorker } from '../../shared/kernel/worker.ts'
import { edgeSecret } from '../../shared/ports/edgeSecret.ts'
import { RotationStep } from '../../shared/schema/secrets.ts'

/**
 * Turns the secret by which the edge proves itself to the API. The API believes what comes next before the edge shows it, and what was
 * before as long as some edges do: no request is taken for a stranger's in between.
 */
export default defineWorker({
  summary: 'Turn the secret of the edge',
  source: { rotates: 'origin', every: 'rate(30 days)' },
  message: RotationStep,
  audit: { action: 'U', entity: 'Secret/origin' },
  timeout: 60,
  uses: { edgeSecret },

  async handle({ message: { step, version }, edgeSecret, commit, count }) {
    switch (step) {
      case 'createSecret':
        return edgeSecret.make(version)
      case 'setSecret':
        return edgeSecret.show(version)
      case 'testSecret':
        return edgeSecret.test(version)
      case 'finishSecret':
        await edgeSecret.finish(version)
        await commit()
        count('OriginSecretsRotated', 1)
    }
  },
})
