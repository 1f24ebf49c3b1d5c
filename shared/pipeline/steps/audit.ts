import { setTimeout as pause } from 'node:timers/promises'
import { Problem, problemStatus } from '../../kernel/problem.ts'
import type { AuditEvent } from '../../schema/audit.ts'
import { alarm, count, faultOf } from '../observe.ts'
import { bindingOf, type RequestState, type Step } from '../request.ts'
import { type Deed, recordOf } from '../trail.ts'
import { reserveMs } from './correlate.ts'

/** Tries at a record before the request is given up. */
const tries = 3

/**
 * A read's record is durable before its body leaves; if it cannot be written the request fails and nothing is shown. A
 * change has carried its record in its own transaction. A denial is recorded as well as can be, and answered anyway.
 */
export const audit: Step = {
  after: ({ internal: { state } }) => recordReads(state),

  onError: async ({ error, context, internal: { state } }) => {
    const { action, gates, denied } = state
    if (!action.audit || denied || !gates.journal) return
    const code = error instanceof Problem ? error.code : 'internal-error'
    const status = problemStatus(code)
    const event = recordOf(deedOf(state, action.audit), {
      outcome: status >= 500 ? 'failed' : 'denied',
      status,
      reason: code,
    })
    // All the time that is left: a cold start alone can take the half second that is kept back for a request that ran out.
    const patience = Math.max(500, context.getRemainingTimeInMillis() - reserveMs)
    const binding = { ...bindingOf(state), signal: AbortSignal.timeout(patience) }
    try {
      await gates.journal(binding).record(event)
    } catch (failure) {
      count('DenialNotRecorded')
      alarm('denial not recorded', { requestId: state.requestId, action: state.actionId, fault: faultOf(failure) })
    }
  },
}

/** Writes the records of a read, unless they or those of a change are written. */
export async function recordReads(state: RequestState): Promise<void> {
  const { action, gates, committed } = state
  if (!action.audit || committed || !gates.journal) return
  const journal = gates.journal(bindingOf(state))
  // All at once: a list of many patients costs one round trip like a look at one.
  const records = readsOf(state, action.audit).map(event => journal.record(event, triesOf(state)))
  // None is left under way: one that is written after the refusal would tell of a look that nobody had.
  const failed = (await Promise.allSettled(records)).find(({ status }) => status === 'rejected')
  if (failed?.status !== 'rejected') return
  count('AuditUnavailable')
  throw new Problem('audit-unavailable', { retryAfter: 5, cause: failed.reason })
}

/** Says of each failed try at a record what is wrong, and whether there is another. */
function triesOf({ requestId, actionId }: RequestState) {
  let attempt = 0
  return async (error: unknown): Promise<boolean> => {
    attempt++
    alarm('AUDIT UNAVAILABLE', { requestId, action: actionId, attempt, fault: faultOf(error) })
    if (attempt === tries) return false
    await pause(attempt * 50)
    return true
  }
}

/** One record of a read; of a list that tells of patients, one for each of them, so that each can see who looked. */
function readsOf(state: RequestState, declared: NonNullable<RequestState['action']['audit']>): AuditEvent[] {
  const end = { outcome: 'success', status: state.action.reply.status } as const
  const deed = deedOf(state, declared)
  if (state.seen.size === 0) return [recordOf(deed, end)]
  return [...state.seen].map(patientId => recordOf({ ...deed, facts: { ...deed.facts, patientId } }, end))
}

/** What the trail is told of this request. */
export const deedOf = (state: RequestState, declared: NonNullable<RequestState['action']['audit']>): Deed => ({
  name: state.actionId,
  audit: declared,
  actor: state.actor,
  facts: state.facts,
  params: state.params,
  address: state.address,
  client: state.client,
  requestId: state.requestId,
  startedAt: state.startedAt,
})
