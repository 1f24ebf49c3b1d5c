import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freePort } from './stack.ts'

const root = resolve(import.meta.dirname, '..', '..')

describe('npm run tour', () => {
  it('starts the system, walks through the main job, and leaves nothing running', async () => {
    const port = await freePort()
    const url = `http://localhost:${port}`
    const { code, said } = await run(['local/tour.ts', '--url', url])
    expect(said).toContain('The tour succeeded.')
    expect(said).toMatch(/accepted: 999 \S+, 277CA A2/)
    expect(code).toBe(0)
    await expect(fetch(`${url}/_local/status`)).rejects.toThrow()
  }, 180_000)
})

function run(args: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise(done => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { cwd: root })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        said += chunk
      })
    }
    child.on('exit', code => done({ code, said }))
  })
}
