/** What one invocation cost inside its function. `cpuMs` is the thread's; `hashMs` passed in argon2id, on another thread. */
export interface Note {
  requestId: string
  cpuMs: number
  hashMs: number
  ms: number
}

type Handler = (event: unknown, context: { awsRequestId: string }) => unknown

/** The bundle's entry that takes the place of `index.js`, which is `function.js` now: the same handler, with its cost noted. */
export const probed = (notes: string): string =>
  `(${probe})(require('./function.js').handler, exports, ${JSON.stringify(notes)})`

/**
 * Runs in the function's own thread, as text, so it can use nothing of this file. A thread serves one request at a time, and
 * its CPU time does not run while it waits: the difference is the request's own. Only the hash works elsewhere meanwhile.
 */
function probe(handler: Handler, exports: { handler?: Handler }, notes: string) {
  const { appendFileSync } = process.getBuiltinModule('node:fs')
  const crypto = process.getBuiltinModule('node:crypto')
  const { argon2 } = crypto
  // Linux brings a thread's CPU time up to date when it next sleeps; until then it may be 4 ms behind.
  const cell = new Int32Array(new SharedArrayBuffer(4))
  const cpu = () => {
    Atomics.wait(cell, 0, 0, 0.01)
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1_000
  }
  let hashMs = 0
  const timed: typeof argon2 = (algorithm, parameters, done) => {
    const began = performance.now()
    argon2(algorithm, parameters, (error, hash) => {
      hashMs += performance.now() - began
      done(error, hash)
    })
  }
  Object.assign(crypto, { argon2: timed })
  exports.handler = async (event, context) => {
    hashMs = 0
    const began = performance.now()
    const before = cpu()
    try {
      return await handler(event, context)
    } finally {
      const ms = performance.now() - began
      const note = { requestId: context.awsRequestId, cpuMs: cpu() - before, hashMs, ms }
      appendFileSync(notes, `${JSON.stringify(note)}\n`)
    }
  }
}
