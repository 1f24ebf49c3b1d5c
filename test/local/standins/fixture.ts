import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import type { AwsCall, AwsService } from '../../../local/aws/service.ts'
import { serve } from '../../../local/standins/serve.ts'

const endings: (() => unknown)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

/** A data directory that is gone after the test. */
export function dataDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'standins-'))
  endings.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Serves one service until the test's end, and gives the options of an SDK client for it. One attempt: no retries. */
export async function clientOf(...services: AwsService[]) {
  const { endpoint, stop } = await serve(services)
  endings.push(async () => {
    await stop()
    for (const service of services) await service.stop?.()
  })
  return {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'TEST', secretAccessKey: 'test' },
    maxAttempts: 1,
  }
}

/** Runs after the test, before what was made earlier is undone. */
export const atEnd = (end: () => unknown): number => endings.push(end)

/** Expects an SDK call to be refused with this error, and gives its message. */
export async function refused(call: Promise<unknown>, name: string): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: Error) => reason,
  )
  expect(error?.name).toBe(name)
  return error?.message ?? ''
}

/** A call as the gateway would hand it to `needs`. */
export function callOf(
  service: string,
  target: string | undefined,
  body: object,
  parts: Partial<AwsCall> = {},
): AwsCall {
  return {
    service,
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: target ? { 'x-amz-target': target } : {},
    body: Buffer.from(JSON.stringify(body)),
    ...parts,
  }
}

/** A clock that only the test moves. */
export function clock(start = Date.parse('2026-01-05T10:00:00Z')) {
  let time = start
  const now = () => time
  const pass = (milliseconds: number) => {
    time += milliseconds
  }
  return { now, pass }
}
