import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '../tour/client.ts'

interface Order {
  from: string
  to: string
  format: string
  /** Where the file is saved. */
  out: string
}

/** Orders an export, waits for it, and saves its file. True when it is there. */
export async function saveExport(auditor: Client, { out, ...period }: Order, say: (line: string) => void) {
  const { exportId } = await auditor.post('order', '/exports', { kind: 'audit', ...period })
  for (;;) {
    const { state, records, reached } = await auditor.get('status', `/exports/${exportId}`)
    say(`${exportId} ${state}: ${records} records, up to ${reached}`)
    if (state === 'failed') return false
    if (state === 'done') break
    await pause(1_000)
  }
  const { url } = await auditor.post('link', `/exports/${exportId}/downloads`)
  const answer = await fetch(url)
  if (!answer.ok || !answer.body) {
    say(`The link answered ${answer.status}.`)
    return false
  }
  await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(out, { mode: 0o600 }))
  say(`Saved ${out}.`)
  return true
}
