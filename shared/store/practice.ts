import type { Binding } from '../kernel/port.ts'
import type { PracticeId } from '../schema/ids.ts'

/** The practice that a port is bound to. Asking without one is a fault of ours, so it is an error and not a problem. */
export function practiceOf({ practiceId }: Partial<Pick<Binding, 'practiceId'>>): PracticeId {
  if (!practiceId) throw new Error('a port that belongs to a practice was used outside one')
  return practiceId
}
