import type { Binding } from '../kernel/port.ts'
import type { PatientId, PracticeId } from '../schema/ids.ts'

/** The practice that a port is bound to. Asking without one is a fault of ours, so it is an error and not a problem. */
export function practiceOf({ practiceId }: Partial<Pick<Binding, 'practiceId'>>): PracticeId {
  if (!practiceId) throw new Error('a port that belongs to a practice was used outside one')
  return practiceId
}

/** Hides from a patient what is another patient's: to them it does not exist. The workforce sees its whole practice. */
export function visible<T extends { patientId: PatientId }>({ actor }: Binding, value: T | undefined): T | undefined {
  if (!value || actor.type !== 'user' || actor.role !== 'patient') return value
  return value.patientId === actor.patientId ? value : undefined
}
