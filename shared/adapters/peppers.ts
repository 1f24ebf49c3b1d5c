import { keepsAllOf, nextPeppers, readPeppers } from '../domain/passwords/pepper.ts'
import { randomText, randomToken } from '../kernel/random.ts'
import { rotation } from './rotation.ts'

/** The peppers as the worker that turns them sees them. */
export const peppers = () => {
  const turn = rotation('pepper')
  return {
    /** Makes a version with another pepper before all that were. */
    make: (version: string): Promise<void> =>
      turn.make(version, ({ text }) =>
        JSON.stringify(nextPeppers(readPeppers(text), { id: randomText(8), value: randomToken() })),
      ),

    /** Throws when a hash that can be checked now could not be checked under the version. */
    async test(version: string): Promise<void> {
      const both = await turn.both(version)
      if (both && !keepsAllOf(readPeppers(both.pending), readPeppers(both.present))) {
        throw new Error('a pepper of the present version is not in the one that was to follow it')
      }
    },

    finish: turn.finish,
  }
}
