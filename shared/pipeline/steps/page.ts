import type { Actor } from '../../kernel/actor.ts'
import { Problem } from '../../kernel/problem.ts'
import type { RequestState, Step } from '../request.ts'

/** Opens the cursor that a client brings and seals the one it is given: an action sees positions, a client never does. */
export const page: Step = {
  before: async ({ internal: { state } }) => {
    const query = state.query as { cursor?: string }
    if (!query.cursor || !state.gates.cursors) return
    const position = await state.gates.cursors().open(listOf(state), query.cursor)
    if (!position) {
      const message = 'must be a cursor from an earlier answer to the same list'
      throw new Problem('validation-failed', { errors: [{ path: 'query.cursor', message }] })
    }
    state.query = { ...query, cursor: position }
  },
  after: async ({ internal: { state } }) => {
    const reply = state.reply as { next?: string } | undefined
    if (!reply?.next || !state.gates.cursors) return
    state.reply = { ...reply, next: await state.gates.cursors().seal(listOf(state), reply.next) }
  },
}

/** Which list of whom: the page's length may change from one page to the next, and nothing else. */
function listOf({ actionId, actor, params, query }: RequestState): string {
  const { cursor: _cursor, limit: _limit, ...asked } = query as Record<string, unknown>
  return JSON.stringify([actionId, ...whose(actor), params, asked])
}

const whose = (actor: Actor): (string | undefined)[] =>
  actor.type === 'user' ? [actor.practiceId, actor.userId] : actor.type === 'client' ? [actor.practiceId, actor.id] : []
