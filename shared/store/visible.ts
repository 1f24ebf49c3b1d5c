import { isReachable, type Reachable, type Work } from '../domain/restrictions.ts'
import type { Binding } from '../kernel/port.ts'
import type { PatientId } from '../schema/ids.ts'
import type { Restrictions } from '../schema/patients.ts'
import { type Page, positionOf, queryItems, type Run } from './read.ts'
import { restrictions } from './restrictions.ts'

/** Read once for a request, whatever number of its ports ask. */
const asked = new WeakMap<Binding, Promise<Restrictions['patients']>>()

/** A worker serves everybody's records, and a patient sees none but their own: they need not know what is restricted. */
function restrictedFor(binding: Binding): Promise<Restrictions['patients']> {
  const { actor } = binding
  const limited = actor.type === 'client' || (actor.type === 'user' && actor.role !== 'patient')
  if (!limited) return Promise.resolve({})
  const known =
    asked.get(binding) ??
    restrictions(binding)
      .mine()
      .then(found => found?.patients ?? {})
  asked.set(binding, known)
  return known
}

/**
 * Hides what is another patient's from a patient, and a restricted record from whoever may not have it: to them it does not
 * exist. What is restricted is read at the same time as the record itself.
 */
export async function visible<T extends Reachable>(
  binding: Binding,
  work: Work,
  reading: Promise<T | undefined>,
): Promise<T | undefined> {
  const [value, restricted] = await Promise.all([reading, restrictedFor(binding)])
  return value && isReachable(binding.actor, value, work, restricted) ? value : undefined
}

interface List<T> {
  work: Work
  parse: (item: Record<string, unknown>) => T
  /** Whose list it is, where it is one patient's. */
  patientId?: PatientId
}

/**
 * A page of a run without what is hidden, and without a trace of it: a page is filled from what comes after, and ends at an
 * item that is shown, so that neither its length nor its cursor tells that something was left out.
 */
export async function visibleRun<T extends Reachable>(
  binding: Binding,
  run: Run,
  { work, parse, patientId }: List<T>,
): Promise<Page<T>> {
  const [first, restricted] = await Promise.all([queryItems(run, binding), restrictedFor(binding)])
  const { actor } = binding
  if (patientId && !isReachable(actor, { patientId }, work, restricted)) return { items: [] }
  const shown: { item: Record<string, unknown>; value: T }[] = []
  for (let page = first; ; ) {
    for (const item of page.items) {
      const value = parse(item)
      if (isReachable(actor, value, work, restricted)) shown.push({ item, value })
    }
    const room = run.limit - shown.length
    const last = shown.slice(0, run.limit).at(-1)
    if (room <= 0 || !page.next) {
      const more = last && (room < 0 || page.next)
      const items = shown.slice(0, run.limit).map(({ value }) => value)
      return more ? { items, next: positionOf(last.item, run) } : { items }
    }
    const hidden = Object.keys(restricted).length
    page = await queryItems({ ...run, limit: Math.min(1_000, room + hidden), cursor: page.next }, binding)
  }
}
