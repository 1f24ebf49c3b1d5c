import {
  endedCookie,
  endedFlowCookie,
  flowCookie,
  readFlowCookie,
  readSessionCookie,
  sessionCookie,
} from '../../domain/cookies.ts'
import type { AuditFacts, Tools } from '../../kernel/action.ts'
import type { Binding } from '../../kernel/port.ts'
import { Problem, type ProblemCode } from '../../kernel/problem.ts'
import { idsAt, randomText, randomToken } from '../../kernel/random.ts'
import { bindingOf, type RequestState } from '../request.ts'
import { recordOf } from '../trail.ts'
import { deedOf } from './audit.ts'

/** Ports as loaded: each waits to be bound to a request. */
export type LoadedPorts = Record<string, (binding: Binding) => unknown>

/** Hands the action its input, its ports bound to the caller's practice, and its tools; keeps what it returns. */
export async function handle(state: RequestState, ports: LoadedPorts): Promise<void> {
  const { action, params, query, body, actor } = state
  const binding = bindingOf(state)
  const bound = Object.fromEntries(Object.entries(ports).map(([name, bind]) => [name, bind(binding)]))
  const input = { ...bound, ...toolsOf(state), params, query, body, actor }
  state.reply = await action.handle(input as never)
}

function toolsOf(state: RequestState): Tools<ProblemCode> {
  const { action, actionId, now, signal, gates } = state
  return {
    now,
    signal,
    newId: idsAt(now),
    newToken: randomToken,
    newText: randomText,
    fail: (code, errors = [], retryAfter?: number) => {
      throw new Problem(code, { errors, ...(retryAfter !== undefined && { retryAfter }) })
    },
    about: (facts: AuditFacts) => {
      state.facts = { ...state.facts, ...facts }
    },
    saw: records => {
      for (const { patientId } of records) state.seen.add(patientId)
    },
    commit: async (...writes) => {
      if (!action.audit || !gates.journal) throw new Error(`${actionId} writes but declares no audit`)
      const changes = writes.flatMap(({ record }) => (record ? [record] : []))
      const event = recordOf(deedOf(state, action.audit), { outcome: 'success', status: action.reply.status, changes })
      await gates.journal(bindingOf(state)).commit(writes, event)
      state.committed = true
    },
    session: {
      current: () => {
        const { session, token, user } = state
        if (!session || !token || !user) throw new Error(`${actionId} asked for the session of an anonymous request`)
        return { session, token, user }
      },
      enter: (session, token) => {
        // Whoever signs in ends what somebody else began in this browser: its provider would answer to the wrong person.
        const another = state.session?.sessionId !== session.sessionId
        state.session = session
        state.token = token
        state.cookies = [sessionCookie(token), ...(another && readFlowCookie(state.sent) ? [endedFlowCookie] : [])]
      },
      leave: () => {
        state.left = true
        state.cookies = [endedCookie]
      },
    },
    flow: {
      current: () => {
        const secret = readFlowCookie(state.sent)
        return secret ? { secret, token: readSessionCookie(state.sent) } : undefined
      },
      begin: (secret, { seconds, crossSitePost }) => {
        state.cookies.push(flowCookie(secret, seconds, crossSitePost ? 'None' : 'Lax'))
      },
      end: () => {
        state.cookies.push(endedFlowCookie)
      },
    },
  }
}
