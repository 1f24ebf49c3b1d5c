import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { LambdaFunction } from '../template/model.ts'
import type { Answer, Boot, Failure, Invocation } from './messages.ts'

// Stripped once here, because a thread that is handed TypeScript first loads the compiler: 50 ms each.
const runtime = stripTypeScriptTypes(readFileSync(new URL('./runtime.ts', import.meta.url), 'utf8'))

/** How an invocation ended in its environment. A failed one says whether the environment can serve another. */
export type Outcome = { payload: string } | { failure: Failure; ended: boolean }

/**
 * One execution environment: a thread with its own heap limit, environment variables and module cache, which serves one
 * request at a time. Threads start in half the time of processes and take a fifth of the memory, and a runaway one can
 * still be ended from outside.
 */
export class Environment {
  readonly id: string
  readonly spec: LambdaFunction
  readonly ready: Promise<Failure | undefined>
  requestId: string | undefined
  usedAt = Date.now()
  busy = false
  requests = 0
  retired = false
  #worker: Worker
  #settle: ((outcome: Outcome) => void) | undefined
  #ended = false

  constructor(
    id: string,
    spec: LambdaFunction,
    variables: Record<string, string>,
    write: (line: string, requestId?: string) => void,
  ) {
    this.id = id
    this.spec = spec
    const { code, handler, name: functionName, arn: functionArn, memory } = spec
    this.#worker = new Worker(runtime, {
      eval: true,
      env: variables,
      workerData: { code, handler, functionName, functionArn, memory } satisfies Boot,
      resourceLimits: { maxOldGenerationSizeMb: memory },
      execArgv: [],
      stdout: true,
      stderr: true,
    })
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      splitLines(stream, line => write(line, this.requestId))
    }
    this.ready = new Promise(resolve => {
      this.#worker.on('message', (answer: Answer) => {
        if (answer.kind === 'ready') resolve(undefined)
        else if (answer.kind === 'broken') resolve(answer.failure)
        else if (answer.kind === 'result') this.#finish({ payload: answer.payload })
        else this.#finish({ failure: answer.failure, ended: answer.failure.errorType.startsWith('Runtime.Un') })
      })
      const gone = (why: string) => {
        this.#ended = true
        const failure = exitError(why, this.requestId)
        resolve(failure)
        this.#finish({ failure, ended: true })
      }
      this.#worker.on('error', (cause: NodeJS.ErrnoException) => {
        gone(cause.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'signal: killed' : `exit status 1 (${cause.message})`)
      })
      this.#worker.on('exit', code => gone(`exit status ${code}`))
    })
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Runs one request to its end. Past its deadline the environment is ended, as Lambda ends it, in mid-flight. */
  async run(invocation: Invocation): Promise<Outcome> {
    this.requestId = invocation.requestId
    const outcome = await new Promise<Outcome>(resolve => {
      const timer = setTimeout(() => {
        const seconds = this.spec.timeout.toFixed(2)
        const errorMessage = `RequestId: ${invocation.requestId} Error: Task timed out after ${seconds} seconds`
        resolve({ failure: { errorType: 'Sandbox.Timedout', errorMessage }, ended: true })
      }, invocation.deadline - Date.now())
      this.#settle = outcome => {
        clearTimeout(timer)
        resolve(outcome)
      }
      this.#worker.postMessage(invocation)
      if (this.#ended) this.#finish({ failure: exitError('exit status 1', invocation.requestId), ended: true })
    })
    this.#settle = undefined
    this.usedAt = Date.now()
    if ('failure' in outcome && outcome.ended) await this.end()
    this.requestId = undefined
    return outcome
  }

  async end() {
    this.#ended = true
    await this.#worker.terminate()
  }

  #finish(outcome: Outcome) {
    this.#settle?.(outcome)
  }
}

function exitError(why: string, requestId = ''): Failure {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${why}`,
  }
}

function splitLines(stream: NodeJS.ReadableStream, each: (line: string) => void) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) each(line)
  })
  stream.on('end', () => rest && each(rest))
}
