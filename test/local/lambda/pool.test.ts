import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { Pool, type PoolOptions, Refused } from '../../../local/lambda/pool.ts'
import type { LambdaFunction } from '../../../local/template/model.ts'

const directory = mkdtempSync(join(tmpdir(), 'pool-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

// As in the project itself, whose package.json would make every .js file a module.
writeFileSync(join(directory, 'package.json'), '{"type":"module"}')

let bundles = 0
function bundle(source: string): string {
  const folder = join(directory, String(++bundles))
  mkdirSync(folder)
  writeFileSync(join(folder, 'index.js'), source)
  return folder
}

const echo = bundle('exports.handler = async (event, context) => ({ event, context, env: process.env })')
const wait = bundle(`let busy = 0
  exports.handler = async ({ ms = 50 }) => { const together = ++busy; await new Promise(r => setTimeout(r, ms)); busy--; return together }`)

const running: Pool[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map(pool => pool.stop()))
})

function pool(specs: Record<string, Partial<LambdaFunction>>, options: Partial<PoolOptions> = {}) {
  const lines: string[] = []
  const made = new Pool({
    find(name) {
      const spec = specs[name]
      const rest = {
        arn: `arn:${name}`,
        handler: 'index.handler',
        environment: {},
        timeout: 5,
        memory: 128,
        policies: [],
      }
      return spec && { name, code: echo, ...rest, ...spec }
    },
    variables: ({ name, environment }, accessKey) => ({ ...environment, NAME: name, AWS_ACCESS_KEY_ID: accessKey }),
    write: (_, line) => void lines.push(line),
    ...options,
  })
  running.push(made)
  const invoke = async (name: string, event: unknown = {}) => {
    const result = await made.invoke(name, JSON.stringify(event))
    return { ...result, value: JSON.parse(result.payload) }
  }
  return { pool: made, invoke, lines }
}

describe('an environment', () => {
  it('sees its own variables and nothing of this process', async () => {
    process.env.OF_THE_MACHINE = 'secret'
    const { invoke } = pool({ a: { environment: { OWN: '1' } }, b: {} })
    const [a, b] = await Promise.all([invoke('a'), invoke('b')])
    expect(a.value.env).toMatchObject({ OWN: '1', NAME: 'a', AWS_ACCESS_KEY_ID: expect.stringMatching(/^a\./) })
    expect(Object.keys(b.value.env).sort()).toEqual(['AWS_ACCESS_KEY_ID', 'NAME', '_X_AMZN_TRACE_ID'])
    delete process.env.OF_THE_MACHINE
  })

  it('gives the handler the context of Lambda', async () => {
    const { invoke } = pool({
      a: { code: bundle('exports.handler = (_, c) => ({ ...c, left: c.getRemainingTimeInMillis() })') },
    })
    const { value, requestId } = await invoke('a')
    expect(value).toMatchObject({ awsRequestId: requestId, functionName: 'a', memoryLimitInMB: '128' })
    expect(value.left).toBeGreaterThan(4_000)
    expect(value.left).toBeLessThanOrEqual(5_000)
  })

  it('stays warm: the second request needs no start', async () => {
    const { invoke } = pool({ a: { code: bundle('let n = 0; exports.handler = async () => ++n') } })
    expect(await invoke('a')).toMatchObject({ value: 1, initMs: expect.any(Number) })
    const second = await invoke('a')
    expect([second.value, second.initMs]).toEqual([2, undefined])
  })

  it('serves one request at a time; more of them get environments of their own', async () => {
    const { invoke, pool: made } = pool({ a: { code: wait } })
    const results = await Promise.all([invoke('a'), invoke('a'), invoke('a')])
    expect(results.map(({ value }) => value)).toEqual([1, 1, 1])
    expect(made.size).toBe(3)
  })

  it('passes on what it writes', async () => {
    const { invoke, lines } = pool({
      a: { code: bundle('exports.handler = async () => { console.log("out"); console.error("err") }') },
    })
    await invoke('a')
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(lines).toEqual(expect.arrayContaining(['out', 'err']))
  })
})

describe('an invocation that fails', () => {
  it('by an error gives its type, message and trace', async () => {
    const { invoke } = pool({ a: { code: bundle('exports.handler = async () => { throw new RangeError("no") }') } })
    expect(await invoke('a')).toMatchObject({
      functionError: 'Unhandled',
      value: { errorType: 'RangeError', errorMessage: 'no', trace: expect.any(Array) },
    })
  })

  it('by its timeout ends the environment, even one that spins', async () => {
    const { invoke, pool: made } = pool({ a: { timeout: 0.3, code: bundle('exports.handler = () => { for (;;); }') } })
    const { value } = await invoke('a')
    expect(value.errorMessage).toMatch(/Task timed out after 0\.30 seconds$/)
    expect(made.size).toBe(0)
  })

  it('by leaving or filling its memory is a Runtime.ExitError, and the next request is served', async () => {
    const code = bundle(`exports.handler = async ({ exit, fill }) => {
      if (exit) process.exit(1)
      if (fill) for (const all = []; ; ) all.push(new Array(1e6).fill(1.5))
      return 'fine' }`)
    const { invoke } = pool({ a: { code } })
    expect((await invoke('a', { exit: true })).value).toMatchObject({ errorType: 'Runtime.ExitError' })
    expect((await invoke('a', { fill: true })).value).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('signal: killed'),
    })
    expect((await invoke('a')).value).toBe('fine')
  })

  it('by a bundle that does not load says why', async () => {
    const { invoke } = pool({ a: { code: bundle('throw new Error("at load")') }, b: { handler: 'index.missing' } })
    expect((await invoke('a')).value).toMatchObject({ errorMessage: 'at load' })
    expect((await invoke('b')).value).toMatchObject({ errorType: 'Runtime.HandlerNotFound' })
  })

  it('by a rejection that nobody awaits ends the environment', async () => {
    const code = bundle(`exports.handler = () => new Promise(() => { Promise.reject(new Error('lost')) })`)
    const { invoke, pool: made } = pool({ a: { code } })
    expect((await invoke('a')).value).toMatchObject({ errorType: 'Runtime.UnhandledPromiseRejection' })
    expect(made.size).toBe(0)
  })
})

describe('the pool', () => {
  it('lets requests wait beyond its caps and serves them in order', async () => {
    const { invoke, pool: made } = pool({ a: { code: wait }, b: { code: wait } }, { perFunction: 1, overall: 3 })
    const order: number[] = []
    const all = [0, 1, 2, 3, 4].map(n => invoke('a', { ms: 10 }).then(() => order.push(n)))
    // Another function does not wait behind them.
    expect((await invoke('b', { ms: 1 })).value).toBe(1)
    await Promise.all(all)
    expect(order).toEqual([0, 1, 2, 3, 4])
    expect(made.size).toBe(2)
  })

  it('ends an idle environment of another function to make room', async () => {
    const { invoke, pool: made } = pool({ a: {}, b: {}, c: {} }, { overall: 2 })
    for (const name of ['a', 'b', 'c']) await invoke(name)
    expect(made.size).toBe(2)
  })

  it('refuses beyond the reserved concurrency', async () => {
    const { invoke } = pool({ a: { code: wait, reserved: 1 } })
    const first = invoke('a')
    await expect(invoke('a')).rejects.toMatchObject({ code: 'TooManyRequestsException' })
    await first
    await expect(invoke('nothing')).rejects.toBeInstanceOf(Refused)
  })

  it('runs new code after a change, and lets the running request finish on the old', async () => {
    const specs = { a: { code: bundle('exports.handler = () => new Promise(r => setTimeout(r, 100, "old"))') } }
    const { invoke, pool: made } = pool(specs)
    const old = invoke('a')
    await new Promise(resolve => setTimeout(resolve, 60))
    specs.a = { code: bundle('exports.handler = async () => "new"') }
    made.retire('a')
    expect((await invoke('a')).value).toBe('new')
    expect((await old).value).toBe('old')
  })

  it('ends what has been idle', async () => {
    const { invoke, pool: made } = pool({ a: {} }, { idleMs: 50 })
    await invoke('a')
    await new Promise(resolve => setTimeout(resolve, 250))
    expect(made.size).toBe(0)
  })
})
