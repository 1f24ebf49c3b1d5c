import { keepsAllOf, nextVersions, readVersions } from '../domain/secretVersions.ts'
import type { SecretName } from '../kernel/port.ts'
import { randomText, randomToken } from '../kernel/random.ts'
import { rotation } from './rotation.ts'

/** A secret of which every value stays, as the worker that turns it sees it. */
export const versionedSecret = (name: SecretName) => () => {
  const turn = rotation(name)
  return {
    /** Makes a version with another value before all that were. */
    make: (version: string): Promise<void> =>
      turn.make(version, ({ text }) =>
        JSON.stringify(nextVersions(readVersions(text), { id: randomText(8), value: randomToken() })),
      ),

    /** Throws when what is of use now would be of none under the version. */
    async test(version: string): Promise<void> {
      const both = await turn.both(version)
      if (both && !keepsAllOf(readVersions(both.pending), readVersions(both.present))) {
        throw new Error('a value of the present version is not in the one that was to follow it')
      }
    },

    finish: turn.finish,
  }
}
