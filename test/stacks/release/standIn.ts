import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, vi } from 'vitest'

/** Runs a function of the release as Lambda would: with a file beside its code, and services that answer in the place of AWS. */
export function standIn(file: string, content: unknown, answer: RequestListener): void {
  const task = mkdtempSync(join(tmpdir(), 'haven-release-'))
  writeFileSync(join(task, file), JSON.stringify(content))
  const server = createServer(answer)
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    vi.stubEnv('AWS_REGION', 'us-east-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'RELEASE')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local')
    vi.stubEnv('LAMBDA_TASK_ROOT', task)
  })
  afterAll(() => {
    server.close()
    rmSync(task, { recursive: true })
  })
}
