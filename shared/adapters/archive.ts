import { createHash } from 'node:crypto'
import type { Binding } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import { SealedManifest } from '../schema/audit.ts'
import { bucket } from './s3.ts'

/** The archive of the audit trail: objects that are put once, under retention that nobody can shorten, and only read since. */
export const archive = ({ signal }: Pick<Binding, 'signal'>) => {
  const send = bucket('archive', { signal })

  /** False when an object of this name is there already, or is being put at this moment. */
  const put = async (key: string, body: string, type: string): Promise<boolean> => {
    const { ok, status } = await send('PUT', key, body, { 'content-type': type, 'if-none-match': '*' })
    if (!ok && status !== 412 && status !== 409) throw new Error(`S3 answered ${status} to a put`)
    return ok
  }
  const get = async (key: string): Promise<string | undefined> => {
    const answer = await send('GET', key)
    if (answer.status === 404) return undefined
    if (!answer.ok) throw new Error(`S3 answered ${answer.status} to a get`)
    return answer.text()
  }
  const manifestAt = async (sequence: number): Promise<SealedManifest | undefined> => {
    const text = await get(manifestKey(sequence))
    return text === undefined ? undefined : SealedManifest.parse(JSON.parse(text))
  }

  return {
    /** Keeps the lines of a batch under the hash of their bytes; the same bytes are kept once. */
    async keepBatch(day: string, lines: string): Promise<string> {
      const name = `batches/${day}/${createHash('sha256').update(lines).digest('hex')}.ndjson`
      await put(name, lines, 'application/x-ndjson')
      return name
    },

    async keepManifest(sealed: SealedManifest): Promise<SealedManifest> {
      const { sequence } = sealed.manifest
      if (await put(manifestKey(sequence), JSON.stringify(sealed), 'application/json')) return sealed
      const there = await manifestAt(sequence)
      // Another sealer is putting it at this moment: the next try finds it.
      if (!there) throw new Problem('unavailable', { retryAfter: 1 })
      return there
    },

    batch: get,
    manifest: manifestAt,
  }
}

/** Twelve digits, so that names are in the order of sequences. */
const manifestKey = (sequence: number): string => `manifests/${String(sequence).padStart(12, '0')}.json`
