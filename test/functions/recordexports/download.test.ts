import { AwsClient } from 'aws4fetch'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { restrict } from '../breakglass/fixture.ts'
import { fetched, link, type Ordered, order, run, stored } from './fixture.ts'

describe('POST /patients/{patientId}/exports/{exportId}/download', () => {
  let practice: TestPractice
  let patient: Client
  let job: Ordered
  beforeAll(async () => {
    practice = await newPractice()
    patient = await practice.as('patient')
    job = (await order(patient, patient.user.patientId ?? '')).body
  })

  it('409 until it is done, and 201 from then on', async () => {
    expect((await link(patient, job)).body.code).toBe('export-not-done')
    await run(practice, job)
    const answer = await link(patient, job)
    expect(answer.status).toBe(201)
    const records = await practice.recordsOf(answer)
    expect(records).toMatchObject([{ name: 'recordexports.download', verb: 'E', patientId: job.patientId }])
    expect(JSON.stringify(records)).not.toContain('X-Amz')
    const url = new URL(answer.body.url)
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300')
    expect(url.searchParams.get('response-content-disposition')).toMatch(/^attachment; filename="record-[\d-]+\.zip"$/)
  })

  it('leads to the same file when it is used again, and its signature covers how long', async () => {
    const { url, files } = await fetched(patient, job)
    expect(Object.keys(files)).toHaveLength(4)
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(url.replace(job.exportId, 'rex_0REX0000000000000000'))).status).toBe(404)
    // S3 refuses a link whose signature is not that of all that it says; the local stand-in does not look.
    const { accessKeyId, secretAccessKey } = { accessKeyId: 'OPERATOR', secretAccessKey: 'local' }
    const signature = async (seconds: string) => {
      const plain = new URL(url)
      const at = plain.searchParams.get('X-Amz-Date') ?? ''
      for (const name of [...plain.searchParams.keys()])
        if (/^X-Amz-(?!Expires)/.test(name)) plain.searchParams.delete(name)
      plain.searchParams.set('X-Amz-Expires', seconds)
      const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'us-east-1' })
      const again = await client.sign(plain, { method: 'GET', aws: { signQuery: true, datetime: at } })
      return new URL(again.url).searchParams.get('X-Amz-Signature')
    }
    const given = new URL(url).searchParams.get('X-Amz-Signature')
    expect(await signature('300')).toBe(given)
    expect(await signature('3600')).not.toBe(given)
  })

  it("404 for the practice, which has no part in a patient's copy", async () => {
    expect((await link(await practice.as('admin'), job)).status).toBe(404)
    expect((await link(await (await newPractice()).as('patient'), job)).status).toBe(404)
  })

  it('404 for an administrator once the record is restricted', async () => {
    const admin = await practice.as('admin')
    const index = practice.patients.findIndex(each => each.patientId !== job.patientId)
    const ordered = (await order(admin, practice.patients[index]?.patientId ?? '', { reason: 'In writing' })).body
    await run(practice, ordered)
    expect((await link(admin, ordered)).status).toBe(201)
    await restrict(practice, { patient: index })
    expect((await link(admin, ordered)).status).toBe(404)
  })

  it('404 when the file is gone', async () => {
    await plant({ ...(await stored(practice, job)), expiresAt: new Date(Date.now() - 1_000).toJSON() })
    expect((await link(patient, job)).body.code).toBe('export-not-found')
  })
})
