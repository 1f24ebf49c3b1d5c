import { createHash } from 'node:crypto'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Binding } from '../kernel/port.ts'
import { SealedManifest } from '../schema/audit.ts'

let client: S3Client | undefined

const s3 = (): S3Client => {
  client ??= new S3Client({ maxAttempts: 3, forcePathStyle: true })
  return client
}

/** The archive of the audit trail: objects that are put once, under retention that nobody can shorten, and only read since. */
export const archive = ({ signal }: Pick<Binding, 'signal'>) => {
  /** False when an object of this name is there already. */
  const put = async (Key: string, Body: string, ContentType: string): Promise<boolean> => {
    const command = new PutObjectCommand({ Bucket: bucket(), Key, Body, ContentType, IfNoneMatch: '*' })
    return s3()
      .send(command, { abortSignal: signal })
      .then(
        () => true,
        (error: { name?: string }) => {
          // The second name: another put of it was under way, and S3 let that one through.
          if (error.name === 'PreconditionFailed' || error.name === 'ConditionalRequestConflict') return false
          throw error
        },
      )
  }
  const get = async (Key: string): Promise<string | undefined> =>
    s3()
      .send(new GetObjectCommand({ Bucket: bucket(), Key }), { abortSignal: signal })
      .then(
        ({ Body }) => Body?.transformToString(),
        (error: { name?: string }) => {
          if (error.name === 'NoSuchKey') return undefined
          throw error
        },
      )
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
      if (!there) throw new Error('a manifest is there and cannot be read')
      return there
    },

    batch: (name: string): Promise<string | undefined> => get(name),
    manifest: manifestAt,

    /** The sequences of all manifests after one, in order. */
    async manifestsAfter(sequence: number, limit: number): Promise<number[]> {
      const command = new ListObjectsV2Command({
        Bucket: bucket(),
        Prefix: 'manifests/',
        StartAfter: manifestKey(sequence),
        MaxKeys: limit,
      })
      const { Contents = [] } = await s3().send(command, { abortSignal: signal })
      return Contents.map(({ Key = '' }) => Number(/(\d+)\.json$/.exec(Key)?.[1]))
    },
  }
}

export type Archive = ReturnType<typeof archive>

/** Twelve digits, so that names are in the order of sequences. */
const manifestKey = (sequence: number): string => `manifests/${String(sequence).padStart(12, '0')}.json`

function bucket(): string {
  const name = process.env.BUCKET_ARCHIVE
  if (!name) throw new Error('BUCKET_ARCHIVE is not set')
  return name
}
