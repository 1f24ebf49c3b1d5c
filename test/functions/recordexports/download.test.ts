import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
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

  it('leads to the same file when it is used again', async () => {
    const { url, files } = await fetched(patient, job)
    expect(Object.keys(files)).toHaveLength(4)
    expect((await fetch(url)).status).toBe(200)
  })

  it.each([
    ['of another export', (url: string) => url.replace(job.exportId, 'rex_0REX0000000000000000')],
    ['that lasts longer', (url: string) => url.replace('X-Amz-Expires=300', 'X-Amz-Expires=3600')],
    ['under another name', (url: string) => url.replace('record-', 'other-')],
    ['without a signature of ours', (url: string) => url.replace(/Signature=.{8}/, 'Signature=00000000')],
  ])('leads nowhere as a link %s', async (_, change) => {
    const { url } = (await link(patient, job)).body
    expect(change(url)).not.toBe(url)
    expect((await fetch(change(url))).status).toBe(403)
  })

  it('leads nowhere when its five minutes are over', async () => {
    const made = await at(plus(new Date().toJSON(), -301_000), () => link(patient, job))
    expect((await fetch(made.body.url)).status).toBe(403)
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
