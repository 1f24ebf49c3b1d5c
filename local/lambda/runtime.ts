import type { Answer, Boot, Failure, Invocation } from './messages.ts'

// The program of one environment's thread: it loads the bundle as Lambda does and answers one invocation after another.
// It imports nothing, so that it can be handed to the thread as a classic script, which starts 20 ms sooner than a module.

const { subscribe } = process.getBuiltinModule('node:diagnostics_channel')
const { existsSync, readFileSync } = process.getBuiltinModule('node:fs')
const { Module } = process.getBuiltinModule('node:module')
const { join } = process.getBuiltinModule('node:path')
const { pathToFileURL } = process.getBuiltinModule('node:url')
const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads')

type Handler = (event: unknown, context: object) => unknown

const boot = workerData as Boot
const port = parentPort!
let current: string | undefined

process.on('uncaughtException', cause => fatal('Runtime.UncaughtException', cause))
process.on('unhandledRejection', cause => fatal('Runtime.UnhandledPromiseRejection', cause))

// AWS calls carry the moment at which they were made. The endpoint could not tell a burst from a chain by their arrival,
// because one thread sends them one after another.
const endpoint = process.env.AWS_ENDPOINT_URL?.replace('http://', '')
subscribe('http.client.request.created', message => {
  const { request } = message as { request: import('node:http').ClientRequest }
  if (request.getHeader('host') === endpoint) {
    request.setHeader('x-local-sent', String(performance.timeOrigin + performance.now()))
  }
})

let handler: Handler | undefined
void load().then(
  loaded => {
    handler = loaded
    say({ kind: 'ready' })
  },
  cause => {
    const failure = failureOf(cause)
    console.error(JSON.stringify(failure))
    say({ kind: 'broken', failure })
  },
)

port.on('message', async (invocation: Invocation) => {
  current = invocation.requestId
  process.env._X_AMZN_TRACE_ID = invocation.traceId
  try {
    const result = await handler!(JSON.parse(invocation.event), contextOf(invocation))
    say({ kind: 'result', requestId: invocation.requestId, payload: JSON.stringify(result ?? null) })
  } catch (cause) {
    const failure = failureOf(cause)
    console.error(`${invocation.requestId}\tERROR\tInvoke Error\t${JSON.stringify(failure)}`)
    say({ kind: 'failure', requestId: invocation.requestId, failure })
  }
  current = undefined
})

async function load(): Promise<Handler> {
  const [file = 'index', name = 'handler'] = boot.handler.split('.')
  const exports = await loadModule(join(boot.code, file))
  const found = exports[name]
  if (typeof found !== 'function')
    throw named('Runtime.HandlerNotFound', `${boot.handler} is undefined or not exported`)
  return found as Handler
}

async function loadModule(path: string): Promise<Record<string, unknown>> {
  if (existsSync(`${path}.mjs`)) return await import(pathToFileURL(`${path}.mjs`).href)
  const file = [`${path}.js`, `${path}.cjs`].find(existsSync)
  if (!file) throw named('Runtime.ImportModuleError', `Cannot find module '${path}'`)
  // Compiled by hand: in Lambda no package.json stands above the bundle, but here this project's would make it ESM. Its
  // packages, too, are looked for in the bundle's own folder alone, as they would be there.
  const module = new Module(file) as InstanceType<typeof Module> & { _compile(source: string, file: string): void }
  module.filename = file
  module.paths = [join(boot.code, 'node_modules')]
  module._compile(readFileSync(file, 'utf8'), file)
  return module.exports as Record<string, unknown>
}

function contextOf({ requestId, deadline }: Invocation): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: boot.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: boot.functionArn,
    memoryLimitInMB: String(boot.memory),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${boot.functionName}`,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  }
}

function fatal(type: string, cause: unknown) {
  const failure = { ...failureOf(cause), errorType: type }
  console.error(JSON.stringify(failure))
  if (current) say({ kind: 'failure', requestId: current, failure })
  else say({ kind: 'broken', failure })
  process.exit(129)
}

function failureOf(cause: unknown): Failure {
  if (!(cause instanceof Error) && !isErrorLike(cause)) {
    return { errorType: typeof cause, errorMessage: String(cause), trace: [] }
  }
  return { errorType: cause.name, errorMessage: cause.message, trace: cause.stack?.split('\n') ?? [] }
}

// An error of the bundle's own realm, or one that a library made without inheriting from Error.
const isErrorLike = (cause: unknown): cause is Error =>
  typeof cause === 'object' && cause !== null && 'message' in cause && 'name' in cause

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}

function say(answer: Answer) {
  port.postMessage(answer)
}
