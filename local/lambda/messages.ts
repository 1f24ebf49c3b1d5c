/** What the pool tells an environment's thread when it starts it. */
export interface Boot {
  code: string
  handler: string
  functionName: string
  functionArn: string
  memory: number
}

/** One invocation, as it is sent to the thread. `event` is JSON; `deadline` is in milliseconds since the epoch. */
export interface Invocation {
  requestId: string
  event: string
  deadline: number
  traceId: string
}

/** What Lambda answers for a handler that failed. */
export interface Failure {
  errorType: string
  errorMessage: string
  trace?: string[]
}

/** What the thread answers: that it is ready, or how the invocation ended. `payload` is JSON. */
export type Answer =
  | { kind: 'ready' }
  | { kind: 'broken'; failure: Failure }
  | { kind: 'result'; requestId: string; payload: string }
  | { kind: 'failure'; requestId: string; failure: Failure }
