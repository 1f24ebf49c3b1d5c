import { randomUUID } from 'node:crypto'
import type { LambdaFunction } from '../template/model.ts'
import { Environment } from './environment.ts'
import type { Failure } from './messages.ts'

/** How one invocation ended. `payload` is JSON: the handler's result, or the failure when `functionError` is set. */
export interface Result {
  requestId: string
  payload: string
  functionError?: 'Unhandled'
  /** Milliseconds in the handler, and in starting the environment when this invocation had to. */
  ms: number
  initMs?: number
}

export interface PoolOptions {
  find(functionName: string): LambdaFunction | undefined
  /** The environment variables of a new environment, which `accessKey` names to the AWS endpoint. */
  variables(spec: LambdaFunction, accessKey: string): Record<string, string>
  write(functionName: string, line: string, requestId?: string): void
  perFunction?: number
  overall?: number
  idleMs?: number
}

/** An invocation that was refused before any environment saw it. `code` is Lambda's exception. */
export class Refused extends Error {
  readonly code: 'ResourceNotFoundException' | 'TooManyRequestsException'

  constructor(code: Refused['code'], message: string) {
    super(message)
    this.code = code
  }
}

interface Waiting {
  spec: LambdaFunction
  take(environment: Environment): void
}

/**
 * The environments of all functions. A request takes an idle one or has one started, up to a cap for each function and
 * for all; beyond it requests wait in the order of their arrival. Idle environments are ended after a while.
 */
export class Pool {
  readonly #options: Required<PoolOptions>
  readonly #environments = new Map<string, Environment>()
  readonly #queue: Waiting[] = []
  readonly #reaper: NodeJS.Timeout
  #count = 0

  constructor(options: PoolOptions) {
    this.#options = { perFunction: 20, overall: 80, idleMs: 300_000, ...options }
    this.#reaper = setInterval(() => this.#reap(), Math.min(30_000, this.#options.idleMs)).unref()
  }

  /** The environment that an access key names, while it lives. */
  environment(accessKey: string): Environment | undefined {
    return this.#environments.get(accessKey)
  }

  get size(): number {
    return this.#environments.size
  }

  /** Runs a function with an event, which is JSON text. `begin` hears the request id before the handler does. */
  async invoke(functionName: string, event: string, begin?: (requestId: string) => void): Promise<Result> {
    const spec = this.#options.find(functionName)
    if (!spec) throw new Refused('ResourceNotFoundException', `Function not found: ${functionName}`)
    const requestId = randomUUID()
    begin?.(requestId)
    const asked = performance.now()
    const environment = await this.#acquire(spec)
    const broken = await environment.ready
    if (broken) {
      await environment.end()
      this.#release(environment)
      return failed(requestId, broken, 0)
    }
    const waited = performance.now() - asked
    const began = performance.now()
    const first = environment.requests++ === 0
    const outcome = await environment.run({
      requestId,
      event,
      deadline: Date.now() + spec.timeout * 1_000,
      traceId: traceId(),
    })
    const ms = performance.now() - began
    const result = 'failure' in outcome ? failed(requestId, outcome.failure, ms) : { requestId, ...outcome, ms }
    this.#report(spec.name, result)
    this.#release(environment)
    return first ? { ...result, initMs: waited } : result
  }

  /** Lets every environment of the function end, a busy one after its request: the next request runs the new code. */
  retire(functionName: string) {
    for (const environment of this.#environments.values()) {
      if (environment.spec.name !== functionName) continue
      environment.retired = true
      if (!environment.busy) void this.#remove(environment)
    }
  }

  async stop() {
    clearInterval(this.#reaper)
    await Promise.all([...this.#environments.values()].map(environment => this.#remove(environment)))
  }

  #acquire(spec: LambdaFunction): Promise<Environment> {
    const own = this.#of(spec.name)
    const running = own.filter(({ busy }) => busy).length
    if (spec.reserved !== undefined && running >= spec.reserved) {
      throw new Refused('TooManyRequestsException', 'Rate Exceeded.')
    }
    return new Promise(take => {
      this.#queue.push({ spec, take })
      this.#serve()
    })
  }

  /** Gives environments to those who wait, the oldest first; one whose function is at its cap does not hold up others. */
  #serve() {
    for (let at = 0; at < this.#queue.length; ) {
      const waiting = this.#queue[at]!
      const environment = this.#idle(waiting.spec.name) ?? this.#start(waiting.spec)
      if (!environment) {
        at++
        continue
      }
      environment.busy = true
      this.#queue.splice(at, 1)
      waiting.take(environment)
    }
  }

  #start(spec: LambdaFunction): Environment | undefined {
    if (this.#of(spec.name).length >= this.#options.perFunction) return undefined
    if (this.#environments.size >= this.#options.overall) {
      const [oldest] = [...this.#environments.values()].filter(({ busy }) => !busy).sort((a, b) => a.usedAt - b.usedAt)
      if (!oldest) return undefined
      void this.#remove(oldest)
    }
    const accessKey = `${spec.name}.${++this.#count}`
    const environment = new Environment(accessKey, spec, this.#options.variables(spec, accessKey), (line, requestId) =>
      this.#options.write(spec.name, line, requestId),
    )
    this.#environments.set(accessKey, environment)
    return environment
  }

  #release(environment: Environment) {
    environment.busy = false
    if (environment.ended || environment.retired) void this.#remove(environment)
    this.#serve()
  }

  async #remove(environment: Environment) {
    this.#environments.delete(environment.id)
    await environment.end()
  }

  #idle(functionName: string): Environment | undefined {
    return this.#of(functionName).find(({ busy, ended, retired }) => !busy && !ended && !retired)
  }

  #of(functionName: string): Environment[] {
    return [...this.#environments.values()].filter(({ spec }) => spec.name === functionName)
  }

  #reap() {
    const before = Date.now() - this.#options.idleMs
    for (const environment of this.#environments.values()) {
      if (!environment.busy && environment.usedAt < before) void this.#remove(environment)
    }
  }

  #report(functionName: string, { requestId, ms, functionError, payload }: Result) {
    const status = functionError ? ` Status: error ${payload.slice(0, 500)}` : ''
    this.#options.write(
      functionName,
      `REPORT RequestId: ${requestId} Duration: ${ms.toFixed(2)} ms${status}`,
      requestId,
    )
  }
}

function failed(requestId: string, failure: Failure, ms: number): Result {
  return { requestId, payload: JSON.stringify(failure), functionError: 'Unhandled', ms }
}

function traceId(): string {
  const hex = randomUUID().replaceAll('-', '')
  return `Root=1-${Math.floor(Date.now() / 1_000).toString(16)}-${hex.slice(0, 24)};Parent=${hex.slice(16)};Sampled=0`
}
