import {
  deviceCookie,
  endedCookie,
  endedFlowCookie,
  flowCookie,
  forgottenCookie,
  readDeviceCookie,
  readFlowCookie,
  readSessionCookie,
  sessionCookie,
} from '../../domain/cookies.ts'
import { deadlines } from '../../domain/sessionClock.ts'
import type { AuditFacts, Tools } from '../../kernel/action.ts'
import type { Binding } from '../../kernel/port.ts'
import { Problem, type ProblemCode, problemStatus } from '../../kernel/problem.ts'
import { idsAt, randomText, randomToken } from '../../kernel/random.ts'
import type { Write } from '../../kernel/write.ts'
import type { AuditEvent } from '../../schema/audit.ts'
import { bindingOf, type RequestState } from '../request.ts'
import { recordOf } from '../trail.ts'
import { deedOf, recordReads } from './audit.ts'

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
  const current = () => {
    const { session, token, user } = state
    if (!session || !token || !user) throw new Error(`${actionId} asked for the session of an anonymous request`)
    return { session, token, user }
  }
  const write = async (writes: readonly Write[], end: Pick<AuditEvent, 'outcome' | 'status' | 'reason'>) => {
    if (!action.audit || !gates.journal) throw new Error(`${actionId} writes but declares no audit`)
    const changes = writes.flatMap(({ record }) => (record ? [record] : []))
    await gates.journal(bindingOf(state)).commit(writes, recordOf(deedOf(state, action.audit), { ...end, changes }))
  }
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
    record: async () => {
      await recordReads(state)
      state.committed = true
    },
    saw: records => {
      for (const { patientId } of records) state.seen.add(patientId)
    },
    refuse: async (code, ...writes) => {
      await write(writes, { outcome: 'denied', status: problemStatus(code), reason: code })
      state.denied = true
      throw new Problem(code)
    },
    commit: async (...writes) => {
      await write(writes, { outcome: 'success', status: action.reply.status })
      state.committed = true
    },
    session: {
      current,
      enter: (session, token) => {
        // Whoever signs in ends what somebody else began in this browser: its provider would answer to the wrong person.
        const another = state.session?.sessionId !== session.sessionId
        state.session = session
        state.token = token
        setCookie(state, sessionCookie(token))
        if (another && readFlowCookie(state.sent)) setCookie(state, endedFlowCookie)
      },
      deadlines: async () => deadlines(current().session, now, (await state.sliding) ?? false),
      leave: () => {
        state.left = true
        setCookie(state, endedCookie)
      },
    },
    flow: {
      current: () => {
        const secret = readFlowCookie(state.sent)
        return secret ? { secret, token: readSessionCookie(state.sent) } : undefined
      },
      begin: (secret, { seconds, crossSitePost }) => {
        setCookie(state, flowCookie(secret, seconds, crossSitePost ? 'None' : 'Lax'))
      },
      end: () => setCookie(state, endedFlowCookie),
    },
    device: {
      token: readDeviceCookie(state.sent),
      remember: ({ expiresAt }, token) =>
        setCookie(state, deviceCookie(token, (Date.parse(expiresAt) - Date.parse(now)) / 1000)),
      forget: () => setCookie(state, forgottenCookie),
    },
  }
}

/** A later cookie of the same name takes the place of the earlier one. */
function setCookie(state: RequestState, cookie: string): void {
  const name = cookie.slice(0, cookie.indexOf('=') + 1)
  state.cookies = [...state.cookies.filter(other => !other.startsWith(name)), cookie]
}
