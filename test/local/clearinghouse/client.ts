import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Clearinghouse, startClearinghouse } from '../../../local/clearinghouse/server.ts'

export const apiKey = 'test-key'

/** A directory that lives as long as the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'clearinghouse-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A stand-in of its own for one test, with payers only where the test names them. */
export async function started(payers?: string[], dataDir = temporaryDirectory()) {
  const clearinghouse: Clearinghouse = await startClearinghouse({ port: 0, dataDir, apiKey, payers })
  onTestFinished(() => clearinghouse.stop())
  return { ...clearinghouse, ...client(clearinghouse.url) }
}

/** The wire API as a submitter sees it. */
export function client(url: string) {
  const call = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
    fetch(url + path, { method, body, headers: { authorization: `Key ${apiKey}`, ...headers } })
  const submit = (text: string, key = 'key-1', signal?: AbortSignal) =>
    fetch(`${url}/v1/submissions`, {
      method: 'POST',
      body: text,
      headers: { authorization: `Key ${apiKey}`, 'idempotency-key': key },
      signal,
    })
  const inbound = async (limit = 50) => {
    const answer = (await (await call('GET', `/v1/inbound?limit=${limit}`)).json()) as { items: InboundItem[] }
    return answer.items
  }
  const fetchInbound = async (fileId: string) => (await call('GET', `/v1/inbound/${fileId}`)).text()
  const acknowledge = (fileId: string) => call('POST', `/v1/inbound/${fileId}/acknowledgement`)
  return { call, submit, inbound, fetchInbound, acknowledge }
}

interface InboundItem {
  fileId: string
  kind: 'TA1' | '999' | '277CA'
  receivedAt: string
}
