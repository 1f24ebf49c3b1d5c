import { randomUUID } from 'node:crypto'
import type { Instant } from '../../schema/time.ts'
import type { Step } from '../request.ts'

/** Kept back from the function's own time, to answer and to write the audit record of a request that ran out of it. */
export const reserveMs = 700

/** Gives the request its id, its moment, its deadline and its source: what every later step speaks of. */
export const correlate: Step = {
  before: async ({ event, context, internal: { state } }) => {
    const { requestId, http } = event.requestContext
    state.requestId = requestId || randomUUID()
    state.startedAt = Date.now()
    state.now = new Date(state.startedAt).toJSON() as Instant
    state.signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - reserveMs))
    state.address = http.sourceIp
    state.sent = event.cookies ?? []
    state.client = (http.userAgent ?? '').replace(/[^\x20-\x7e]/g, ' ').slice(0, 200)
    // Of what a request says of its own address nothing counts, but what an edge of ours says that has proved itself.
    if (state.gates.origin) state.address = await state.gates.origin().clientAddress(event.headers, http.sourceIp)
  },
}
