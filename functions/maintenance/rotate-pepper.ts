import { defineWorker } from '../../shared/kernel/worker.ts'
import { peppers } from '../../shared/ports/peppers.ts'
import { RotationStep } from '../../shared/schema/secrets.ts'

/**
 * Turns the pepper of the password hashes. A hash says which pepper it was made with, and those that were stay, so that every
 * password goes on to be right; at the next sign-in it is hashed under the new one.
 */
export default defineWorker({
  summary: 'Turn the pepper of the password hashes',
  source: { rotates: 'pepper', every: 'rate(90 days)' },
  message: RotationStep,
  audit: { action: 'U', entity: 'Secret/pepper' },
  timeout: 30,
  uses: { peppers },

  async handle({ message: { step, version }, peppers, commit, count }) {
    switch (step) {
      case 'createSecret':
        return peppers.make(version)
      case 'setSecret':
        // Nobody else has it: there is nowhere to set it.
        return
      case 'testSecret':
        return peppers.test(version)
      case 'finishSecret':
        await peppers.finish(version)
        await commit()
        count('PeppersRotated', 1)
    }
  },
})
