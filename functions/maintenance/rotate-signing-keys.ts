import * as z from 'zod'
import { nextRing } from '../../shared/domain/oauth/keyRing.ts'
import { Problem } from '../../shared/kernel/problem.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { keyRing, publishedKeys } from '../../shared/ports/signingKeys.ts'

/** Steps that one run may take; the first run takes the most: a key is made, published, and signs. */
const mostSteps = 6

/**
 * Rotates the keys that sign access tokens. Each step is taken from what is there: first the published keys are made those of the
 * secret, then the secret goes one step on. A run that ends anywhere is gone on with by the next, and of two at once one writes.
 */
export default defineWorker({
  summary: 'Rotate the keys of access tokens',
  source: { schedule: 'rate(5 minutes)' },
  message: z.unknown(),
  audit: { action: 'U', entity: 'SigningKey/{kid}' },
  timeout: 60,
  concurrency: 1,
  uses: { keyRing, publishedKeys },

  async handle({ keyRing, publishedKeys, now, about, commit, count }) {
    const alone = async (step: () => Promise<void>) => {
      await step().catch((error: unknown) => {
        // Another run has taken this step.
        if (!(error instanceof Problem && error.code === 'conflict')) throw error
      })
    }

    for (let step = 0; step < mostSteps; step++) {
      // In this order: what is published was in the secret before, so nothing that is in it is taken for what has left it.
      const published = await publishedKeys.all()
      const { ring, version } = await keyRing.read()
      const missing = ring.keys.filter(({ kid }) => !published.some(key => key.kid === kid))
      const gone = published.filter(({ kid }) => !ring.keys.some(key => key.kid === kid))
      for (const key of missing) {
        about({ kid: key.kid })
        await alone(() => commit(publishedKeys.publish(key)))
      }
      for (const key of gone) {
        about({ kid: key.kid })
        await alone(() => commit(publishedKeys.withdraw(key)))
      }
      if (missing.length + gone.length > 0) continue

      const publishedAt = (kid: string) => published.find(key => key.kid === kid)?.publishedAt
      const next = nextRing(ring, publishedAt, keyRing.make, now)
      if (!next || !(await keyRing.write(next, version))) return
      const signs = next.keys.find(({ stage }) => stage === 'current')
      about({ kid: next.keys.at(-1)?.kid })
      await commit()
      if (signs && signs.since === now) count('SigningKeysRotated', 1)
    }
  },
})
