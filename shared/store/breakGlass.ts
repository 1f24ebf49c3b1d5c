import type { Binding } from '../kernel/port.ts'
import { BreakGlass } from '../schema/breakGlass.ts'
import type { BreakGlassId, PracticeId, UserId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page, queryItems } from './read.ts'

const breakGlassEntity = entity<BreakGlass>({
  name: 'BreakGlass',
  schema: BreakGlass,
  id: ({ breakGlassId }) => breakGlassId,
  patientId: ({ patientId }) => patientId,
  keys: ({ practiceId, userId, breakGlassId, status }) => ({
    ...breakGlassKey(practiceId, userId, breakGlassId),
    gsi1pk: `BREAKGLASS#${practiceId}#${status}`,
    gsi1sk: breakGlassId,
  }),
  open: ['breakGlassId', 'practiceId', 'userId', 'patientId', 'status', 'startedAt', 'expiresAt', 'version'],
})

const breakGlassKey = (practiceId: PracticeId, userId: UserId, breakGlassId: BreakGlassId) => ({
  pk: `BREAKGLASS#${practiceId}#${userId}`,
  sk: breakGlassId,
})

/** Emergency accesses, each with its place in the queue of those that nobody has decided. Nothing removes one but its patient’s erasure. */
export const breakGlass = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  return {
    start(started: Omit<BreakGlass, 'practiceId' | 'startedAt' | 'status' | 'version'>) {
      const value: BreakGlass = { ...started, practiceId, startedAt: now, status: 'awaiting-review', version: 1 }
      return { started: value, write: breakGlassEntity.create(value) }
    },

    end: (open: BreakGlass) => breakGlassEntity.replace(open, { endedAt: now }, 'break-glass-over'),

    review: (waiting: BreakGlass, review: NonNullable<BreakGlass['review']>, endedAt: BreakGlass['endedAt']) =>
      breakGlassEntity.replace(waiting, { status: 'reviewed', review, ...(endedAt && { endedAt }) }),

    async find(userId: UserId, breakGlassId: BreakGlassId): Promise<BreakGlass | undefined> {
      const item = await getItem(breakGlassKey(practiceId, userId, breakGlassId), binding)
      return item && breakGlassEntity.parse(item)
    },

    /** Somebody's own, the latest first. */
    async ofUser(userId: UserId, limit: number, cursor?: string): Promise<Page<BreakGlass>> {
      const run = { pk: `BREAKGLASS#${practiceId}#${userId}`, newestFirst: true, limit, cursor }
      const page = await queryItems(run, binding)
      return { ...page, items: page.items.map(breakGlassEntity.parse) }
    },

    /** Oldest first: what has waited longest comes first. */
    async inStatus(status: BreakGlass['status'], limit: number, cursor?: string): Promise<Page<BreakGlass>> {
      const run = { index: 'gsi1' as const, pk: `BREAKGLASS#${practiceId}#${status}`, limit, cursor }
      const page = await queryItems(run, binding)
      return { ...page, items: page.items.map(breakGlassEntity.parse) }
    },
  }
}
