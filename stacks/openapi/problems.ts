import { STATUS_CODES } from 'node:http'
import { type Action, acceptsBearer } from '../../shared/kernel/action.ts'
import {
  Problem,
  type ProblemCode,
  problemBody,
  problemStatus,
  problemTitle,
  type StandardProblem,
  standardProblems,
} from '../../shared/kernel/problem.ts'
import { isSafe, splitRoute } from '../../shared/kernel/route.ts'
import type { Json } from './schemas.ts'

export interface ProblemAnswers {
  /** Every response that was made, by its name in the document. */
  readonly named: Record<string, Json>
  /** Every code that was met. */
  readonly codes: Set<ProblemCode>
  /** The responses of an action that are not its reply: one for each status. */
  describe: (action: Action) => Record<string, Json>
}

/** Gathers the problem responses of a document. Actions that may answer the same problems share the response. */
export function gatherProblems(): ProblemAnswers {
  const named: Record<string, Json> = {}
  const codes = new Set<ProblemCode>()
  return {
    named,
    codes,
    describe(action) {
      const byStatus = Map.groupBy(problemsOf(action).sort(), problemStatus)
      return Object.fromEntries(
        [...byStatus.keys()].sort().map(status => {
          const group = byStatus.get(status) ?? []
          const name = group.join('.')
          named[name] ??= responseOf(status, group)
          for (const code of group) codes.add(code)
          return [String(status), { $ref: `#/components/responses/${name}` }]
        }),
      )
    },
  }
}

/** RFC 9457 as `problemBody` writes it. */
export const problemSchema = (codes: Iterable<ProblemCode>): Json => ({
  type: 'object',
  description: 'A failure (RFC 9457). `code` is stable; `title` is for a person. Nothing repeats what was sent.',
  required: ['type', 'title', 'status', 'code', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: [...codes].sort() },
    instance: { type: 'string', format: 'uri', description: 'The request, as in `X-Request-Id`.' },
    errors: {
      type: 'array',
      description: 'Where in the request the fault lies.',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
})

/** What an action may answer: the problems that it declares, and those of the pipeline's steps that apply to it. */
function problemsOf(action: Action): ProblemCode[] {
  const ofPipeline = standardProblems.filter(code => mayAnswer[code](action))
  return [...new Set<ProblemCode>([...ofPipeline, ...action.problems])]
}

const unsafe = ({ route }: Action) => !isSafe(splitRoute(route).method)
const signedIn = ({ allow }: Action) => allow !== 'anyone'
const always = () => true

/** When each of the pipeline's own problems can come up. */
const mayAnswer: Record<StandardProblem, (action: Action) => boolean> = {
  'malformed-request': action => unsafe(action) || signedIn(action),
  'validation-failed': always,
  unauthenticated: signedIn,
  'session-expired': signedIn,
  'session-reused': signedIn,
  'token-refused': acceptsBearer,
  'step-up-required': ({ stepUp }) => stepUp,
  'mfa-required': ({ allow }) => allow !== 'anyone' && allow !== 'pending-mfa',
  forbidden: ({ allow }) => allow !== 'anyone' && allow !== 'pending-mfa' && allow !== 'signed-in',
  'csrf-refused': action => signedIn(action) && unsafe(action),
  conflict: action => unsafe(action) && action.audit !== undefined,
  'payload-too-large': unsafe,
  'unsupported-media-type': unsafe,
  'rate-limited': ({ limit }) => limit !== 'none',
  'internal-error': always,
  'audit-unavailable': ({ audit }) => audit !== undefined,
  unavailable: action => signedIn(action) || action.limit !== 'none' || Object.keys(action.uses).length > 0,
  timeout: always,
}

function responseOf(status: number, codes: readonly ProblemCode[]): Json {
  const waits = status === 429 || status === 503
  return {
    description: [STATUS_CODES[status], ...codes.map(code => `- \`${code}\`: ${problemTitle(code)}`)].join('\n'),
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
      ...(waits && { 'Retry-After': { $ref: '#/components/headers/Retry-After' } }),
      ...(status === 429 && {
        RateLimit: { $ref: '#/components/headers/RateLimit' },
        'RateLimit-Policy': { $ref: '#/components/headers/RateLimit-Policy' },
      }),
    },
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { type: 'object', properties: { status: { const: status }, code: { type: 'string', enum: codes } } },
          ],
        },
        examples: Object.fromEntries(codes.map(code => [code, { value: exampleOf(code) }])),
      },
    },
  }
}

function exampleOf(code: ProblemCode): object {
  const errors = code === 'validation-failed' ? [{ path: 'query.limit', message: 'Invalid input' }] : []
  return problemBody(new Problem(code, { errors }), 'JKJaXmPLvHcESHA=')
}
