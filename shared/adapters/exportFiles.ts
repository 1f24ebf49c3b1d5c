import type { Binding } from '../kernel/port.ts'
import type { Instant } from '../schema/time.ts'
import { bucket, s3, urlOf } from './s3.ts'

/** How long a link to a file works. */
const linkSeconds = 300

/**
 * Files of exports. One is written part by part, in an upload that outlives whoever writes it, and is there only when it is whole.
 * After a week the bucket removes it, and an upload that nobody ended after a day.
 */
export const exportFiles = (binding: Pick<Binding, 'signal' | 'now'>) => {
  const send = bucket('records', binding)
  const expect = async (what: string, answer: Response): Promise<Response> => {
    if (!answer.ok) throw new Error(`S3 answered ${answer.status} to ${what}`)
    return answer
  }
  return {
    /** Begins an upload; its id is what goes on with it. */
    async begin(key: string, type: string): Promise<string> {
      const answer = await expect('a new upload', await send('POST', `${key}?uploads=`, '', { 'content-type': type }))
      const id = /<UploadId>([^<]+)<\/UploadId>/.exec(await answer.text())?.[1]
      if (!id) throw new Error('S3 answered without the id of an upload')
      return id
    },

    /** Puts a part, or puts it again; answers its ETag. */
    async part(key: string, uploadId: string, number: number, body: string | Uint8Array): Promise<string> {
      const query = `partNumber=${number}&uploadId=${encodeURIComponent(uploadId)}`
      const answer = await expect('a part', await send('PUT', `${key}?${query}`, body))
      const etag = answer.headers.get('etag')
      if (!etag) throw new Error('S3 answered without the ETag of a part')
      return etag
    },

    /** Makes the parts one file. It is no fault when an earlier try has done so and its answer was lost. */
    async complete(key: string, uploadId: string, etags: readonly string[]): Promise<void> {
      const parts = etags.map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
      const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
      const answer = await send('POST', `${key}?uploadId=${encodeURIComponent(uploadId)}`, body)
      // S3 begins to answer 200 before it knows, and says in the body what went wrong.
      if (answer.ok && !(await answer.text()).includes('<Error>')) return
      await expect('an upload that ends', await send('HEAD', key))
    },

    /** A file that needs no parts. */
    async put(key: string, type: string, text: string): Promise<void> {
      await expect('a file', await send('PUT', key, text, { 'content-type': type }))
    },

    /** A link by which anybody who has it can fetch the file, for five minutes. */
    async link(key: string, name: string): Promise<{ url: string; expiresAt: Instant }> {
      const url = new URL(urlOf('records', key))
      url.searchParams.set('X-Amz-Expires', String(linkSeconds))
      url.searchParams.set('response-content-disposition', `attachment; filename="${name}"`)
      url.searchParams.set('response-cache-control', 'no-store')
      const signed = await s3().sign(url.href, { method: 'GET', aws: { signQuery: true } })
      return { url: signed.url, expiresAt: new Date(Date.parse(binding.now) + linkSeconds * 1000).toJSON() }
    },
  }
}
