import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unzip } from '../functions/recordexports/fixture.ts'
import { type Client, dataFolder, Stack } from './stack.ts'

const { data, remove } = dataFolder()

/** Over HTTP and SQS, under each function's own rights: what is not granted fails here as it would in the cloud. */
describe('a copy of a record', () => {
  let stack: Stack
  let patient: Client
  let patientId: string
  beforeAll(async () => {
    stack = await Stack.start(data)
    patient = await stack.client('patient', { verifiedAt: new Date().toJSON() })
    patientId = (await patient.send('GET', '/sessions/current')).body.patientId
  }, 240_000)
  afterAll(async () => {
    await stack?.stop()
    remove()
  }, 60_000)

  it('is ordered, written, fetched and read, substance-use notes too', async () => {
    const therapist = await stack.client('practitioner', { verifiedAt: new Date().toJSON() })
    const paragraphs = ['canary-of-a-note']
    const note = await therapist.send('POST', `/patients/${patientId}/substance-use-notes`, { paragraphs })
    expect(note.status).toBe(201)
    const kept = await therapist.send('POST', `/patients/${patientId}/psychotherapy-notes`, { paragraphs })
    expect(kept.status).toBe(201)

    const path = `/patients/${patientId}/exports`
    const ordered = await patient.send('POST', path, {})
    expect(ordered.status).toBe(202)
    const { exportId } = ordered.body
    const shown = async () => (await patient.send('GET', `${path}/${exportId}`)).body
    const deadline = Date.now() + 120_000
    while ((await shown()).state !== 'done' && Date.now() < deadline) await pause(500)
    expect(await shown()).toMatchObject({ state: 'done', sections: { done: 12, total: 12 } })

    const { status, body } = await patient.send('POST', `${path}/${exportId}/download`)
    expect(status).toBe(201)
    const files = unzip(Buffer.from(await (await fetch(body.url)).arrayBuffer()))
    const bundle = JSON.parse(files['bundle.json'] ?? '') as { entry: { resource: { content?: unknown } }[] }
    const texts = [...JSON.stringify(bundle).matchAll(/"data":"([^"]+)"/g)].map(([, text = '']) =>
      Buffer.from(text, 'base64').toString(),
    )
    expect(texts.filter(text => text === paragraphs[0])).toHaveLength(1)
    expect(files['bundle.json']).not.toMatch(/psychotherapy/i)
  }, 180_000)

  it('leaves nothing in its log or its mails that tells of the patient', async () => {
    const notices = await stack.items('NOTICE#')
    const own = notices.filter(({ kind }) => String(kind).startsWith('record-export-'))
    expect(own.map(({ kind }) => kind).sort()).toEqual(['record-export-ready', 'record-export-requested'])
    expect(JSON.stringify(own)).not.toContain(patientId)
    const log = await (await fetch(`${stack.url}/_local/logs?function=haven-dev-recordexports-run`)).text()
    expect(log).toContain('RecordExports')
    expect(log).not.toContain('canary-of-a-note')
  })
})
