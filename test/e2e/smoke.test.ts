import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { handler as canary } from '../../stacks/canary/run.ts'
import { outputOf } from '../harness/output.ts'
import { dataFolder, Stack } from './stack.ts'

const root = resolve(import.meta.dirname, '..', '..')
const { data, remove } = dataFolder()
let stack: Stack
beforeAll(async () => {
  stack = await Stack.start(data)
  const rotate = `${stack.url}/_local/functions/haven-dev-maintenance-rotate-signing-keys/invocations`
  await fetch(rotate, { method: 'POST', body: '{}' })
}, 240_000)
afterAll(async () => {
  await stack?.stop()
  remove()
}, 60_000)

function smoke(...args: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise(done => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'local/smoke.ts', ...args], {
      cwd: root,
    })
    let said = ''
    child.stdout.on('data', chunk => {
      said += chunk
    })
    child.on('exit', code => done({ code, said }))
  })
}

describe('npm run smoke', () => {
  it('finds that the system stands, and leaves it as it was', async () => {
    const before = (await stack.items('')).filter(({ pk }) => !/^(AUDIT|LIMIT|GATE|SEAL|JWK)#/.test(String(pk))).length
    const { code, said } = await smoke('--url', stack.url)
    expect(said).not.toContain('FAIL')
    expect([code, said.match(/^ {2}ok /gm)?.length]).toEqual([0, 9])
    const after = (await stack.items('')).filter(({ pk }) => !/^(AUDIT|LIMIT|GATE|SEAL|JWK)#/.test(String(pk))).length
    expect(after).toBe(before)
  }, 120_000)

  it('is what the canary asks each five minutes', async () => {
    vi.stubEnv('PORTAL_ORIGIN', stack.url)
    let answer: unknown
    const said = await outputOf(async () => {
      answer = await canary()
    })
    expect(answer).toEqual({ held: 9 })
    expect(JSON.parse(said)).toMatchObject({ CanaryHeld: 1, wrong: [], service: 'haven', action: 'canary.run' })

    vi.stubEnv('PORTAL_ORIGIN', 'http://127.0.0.1:1')
    const failed = await outputOf(() => expect(canary()).rejects.toThrow('9 things are wrong'))
    expect(JSON.parse(failed)).not.toHaveProperty('CanaryHeld')
    expect(JSON.parse(failed).wrong).toHaveLength(9)
    vi.unstubAllEnvs()
  }, 60_000)

  it.each([
    ['answers everything', () => ({ status: 200, body: '{"patients":[]}' })],
    ['is not there', () => ({ status: 404, body: '{}' })],
    [
      'repeats what it is sent',
      (body: string) => ({ status: 400, body: `{"code":"validation-failed","errors":[],"sent":${body || '""'}}` }),
    ],
  ])(
    'says what is wrong with a system that %s',
    async (_, answer) => {
      const server: Server = createServer((request, response) => {
        let sent = ''
        request.on('data', chunk => {
          sent += chunk
        })
        request.on('end', () => {
          const { status, body } = answer(sent)
          response.writeHead(status, { 'content-type': 'application/json' }).end(body)
        })
      })
      await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
      const { code, said } = await smoke('--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      server.close()
      expect(code).toBe(1)
      expect(said.match(/^ {2}FAIL/gm)?.length).toBeGreaterThan(3)
    },
    60_000,
  )
})
