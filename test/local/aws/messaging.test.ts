import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Messaging, startMessaging } from '../../../local/aws/messaging.ts'
import { type Served, serve } from '../../../local/standins/serve.ts'

describe('buckets', () => {
  const data = mkdtempSync(join(tmpdir(), 'haven-buckets-'))
  let messaging: Messaging
  let served: Served
  let s3: S3Client
  beforeAll(async () => {
    messaging = await startMessaging(data, () => '')
    messaging.ensureBucket('open', false)
    messaging.ensureBucket('locked', true)
    served = await serve([messaging.service])
    const credentials = { accessKeyId: 'OPERATOR', secretAccessKey: 'local' }
    s3 = new S3Client({ endpoint: served.endpoint, region: 'us-east-1', credentials, forcePathStyle: true })
  })
  afterAll(async () => {
    s3.destroy()
    await served.stop()
    await messaging.service.stop?.()
    rmSync(data, { recursive: true, force: true })
  })

  const put = (Bucket: string, Key: string, Body: string, more = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more })).then(
      () => 'done',
      (error: Error) => error.name,
    )
  const get = async (Bucket: string, Key: string) =>
    (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()

  it('are written once where a put asks for it: of twenty at once one is', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => put('open', 'once', `${index}`, { IfNoneMatch: '*' })),
    )
    expect(answers.filter(answer => answer === 'done')).toHaveLength(1)
    expect(answers.filter(answer => answer === 'PreconditionFailed')).toHaveLength(19)
    expect(await get('open', 'once')).toBe(String(answers.indexOf('done')))
  })

  it('keep what they have when they are locked', async () => {
    expect(await put('locked', 'kept', 'first')).toBe('done')
    expect(await put('locked', 'kept', 'second')).toBe('AccessDenied')
    const gone = await s3.send(new DeleteObjectCommand({ Bucket: 'locked', Key: 'kept' })).catch(error => error.name)
    expect(gone).toBe('AccessDenied')
    expect(await get('locked', 'kept')).toBe('first')
  })

  it('are changed freely when they are not', async () => {
    expect([await put('open', 'free', 'first'), await put('open', 'free', 'second')]).toEqual(['done', 'done'])
    expect(await get('open', 'free')).toBe('second')
  })
})
