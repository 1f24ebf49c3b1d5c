import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
    expect([code, said.match(/^ {2}ok /gm)?.length]).toEqual([0, 8])
    const after = (await stack.items('')).filter(({ pk }) => !/^(AUDIT|LIMIT|GATE|SEAL|JWK)#/.test(String(pk))).length
    expect(after).toBe(before)
  }, 120_000)

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
