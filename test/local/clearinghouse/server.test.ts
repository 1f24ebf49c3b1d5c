import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { build837P } from '../../../shared/domain/x12/professional.ts'
import { dependentClaim, envelope, selfClaim } from '../../shared/domain/claims/sample.ts'
import { client, started, temporaryDirectory } from './client.ts'

const text = build837P(selfClaim(), envelope())
const other = build837P(dependentClaim(), envelope({ interchangeNumber: 124 }))

describe('POST /v1/submissions', () => {
  it('202 with an id and the control number', async () => {
    const { submit } = await started()
    const answer = await submit(text)
    expect(answer.status).toBe(202)
    expect(await answer.json()).toEqual({ submissionId: expect.stringMatching(/^sub_/), controlNumber: '000000123' })
  })

  it('200 with the same answer and nothing new for the same key and bytes', async () => {
    const { submit, inbound } = await started()
    const first = await (await submit(text)).json()
    const again = await submit(text)
    expect(again.status).toBe(200)
    expect(await again.json()).toEqual(first)
    expect((await inbound()).map(({ kind }) => kind)).toEqual(['999', '277CA'])
  })

  it('422 for the same key and other bytes', async () => {
    const { submit, inbound } = await started()
    await submit(text)
    expect((await submit(other)).status).toBe(422)
    expect(await inbound()).toHaveLength(2)
  })

  it('409 while the first is in flight, and 200 after', async () => {
    const { submit, faults } = await started()
    faults.arm({ kind: 'slow', delay: 300 })
    const first = submit(text)
    await expect.poll(() => faults.list()).toEqual([])
    expect((await submit(text)).status).toBe(409)
    expect((await first).status).toBe(202)
    expect((await submit(text)).status).toBe(200)
  })

  it('401 without the key', async () => {
    const { url } = await started()
    expect((await fetch(`${url}/v1/submissions`, { method: 'POST', body: text })).status).toBe(401)
    const headers = { authorization: 'Key wrong', 'idempotency-key': 'a' }
    expect((await fetch(`${url}/v1/submissions`, { method: 'POST', body: text, headers })).status).toBe(401)
  })

  it.each([
    ['', /ISA/],
    ['hello', /ISA/],
    [text.replace('ISA*00*', 'ISA*0*'), /ISA/],
    [text.replace('EKSTROM', 'EKSTRÖM'), /outside/],
    [text.slice(0, -1), /terminator/],
    [text + text, /one interchange/],
    [text.replace('~HI*', '~hi*'), /segment \d+/],
  ])('400 for what cannot be read: %#', async (unreadable, message) => {
    const { submit, inbound } = await started()
    const answer = await submit(unreadable)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({ errors: [expect.stringMatching(message)] })
    expect(await inbound()).toEqual([])
  })

  it('400 without an Idempotency-Key', async () => {
    const { call } = await started()
    expect((await call('POST', '/v1/submissions', text)).status).toBe(400)
  })

  it('429 and 503 say when to come back, and store nothing', async () => {
    const { submit, faults, inbound } = await started()
    faults.arm({ kind: 'rate-limit', retryAfter: 7, count: 2 })
    faults.arm({ kind: 'unavailable' })
    const answers = [await submit(text), await submit(text), await submit(text)]
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 503])
    expect(answers[0]!.headers.get('retry-after')).toBe('7')
    expect(await inbound()).toEqual([])
    expect((await submit(text)).status).toBe(202)
  })

  it('never answers after storing, when told so: the claim is found by its control number', async () => {
    const { submit, call, faults } = await started()
    faults.arm({ kind: 'accept-then-timeout' })
    await expect(submit(text, 'key-1', AbortSignal.timeout(200))).rejects.toThrow()
    const found = (await (await call('GET', '/v1/submissions?controlNumber=000000123')).json()) as { items: unknown[] }
    expect(found.items).toEqual([
      { submissionId: expect.any(String), controlNumber: '000000123', receivedAt: expect.any(String) },
    ])
    expect((await submit(text)).status).toBe(200)
  })
})

describe('GET /v1/submissions', () => {
  it('200 with nothing for a number that never came', async () => {
    const { call } = await started()
    const answer = await call('GET', '/v1/submissions?controlNumber=000000999')
    expect(await answer.json()).toEqual({ items: [] })
  })
})

describe('/v1/inbound', () => {
  it('lists what is not acknowledged, oldest first, and hands it out', async () => {
    const { submit, inbound, fetchInbound, acknowledge } = await started()
    await submit(text)
    await submit(other, 'key-2')
    const files = await inbound()
    expect(files.map(({ kind }) => kind)).toEqual(['999', '277CA', '999', '277CA'])
    expect(await inbound(1)).toEqual(files.slice(0, 1))
    expect(await fetchInbound(files[0]!.fileId)).toMatch(/^ISA.*AK1\*HC\*123\*/)

    for (const _ of [1, 2]) expect((await acknowledge(files[0]!.fileId)).status).toBe(204)
    expect(await inbound()).toEqual(files.slice(1))
    expect(await fetchInbound(files[0]!.fileId)).toMatch(/^ISA/)
  })

  it('404 for a file that is not there, 400 for a limit that is none', async () => {
    const { call, acknowledge } = await started()
    expect((await call('GET', '/v1/inbound/file_none')).status).toBe(404)
    expect((await acknowledge('file_none')).status).toBe(404)
    expect((await call('GET', '/v1/nothing')).status).toBe(404)
    expect((await call('GET', '/v1/inbound?limit=0')).status).toBe(400)
  })

  it('gives files twice or the wrong way round when told so', async () => {
    const { submit, inbound, faults } = await started()
    faults.arm({ kind: 'duplicate-acknowledgements' })
    faults.arm({ kind: 'out-of-order' })
    await submit(text)
    expect((await inbound()).map(({ kind }) => kind)).toEqual(['277CA', '277CA', '999', '999'])
    expect(new Set((await inbound()).map(({ fileId }) => fileId)).size).toBe(4)
  })
})

describe('/_faults', () => {
  it('arms, lists and clears over HTTP', async () => {
    const { call, submit } = await started()
    const armed = await call('POST', '/_faults', JSON.stringify({ kind: 'unavailable', count: 3 }))
    expect(await armed.json()).toMatchObject({ items: [{ kind: 'unavailable', count: 3, at: 'submit' }] })
    expect((await submit(text)).status).toBe(503)
    expect(await (await call('GET', '/_faults')).json()).toMatchObject({ items: [{ count: 2 }] })
    expect(await (await call('DELETE', '/_faults')).json()).toEqual({ items: [] })
    expect((await submit(text)).status).toBe(202)
  })

  it.each([
    '{"kind":"storm"}',
    '{"kind":"slow","count":0}',
    '{"kind":"slow","delay":-1}',
    '{"kind":"out-of-order","at":"find"}',
    'no',
  ])('400 for %s', async body => {
    const { call } = await started()
    expect((await call('POST', '/_faults', body)).status).toBe(400)
  })

  it('reaches the other calls', async () => {
    const { call, faults } = await started()
    faults.arm({ kind: 'unavailable', at: 'find' })
    faults.arm({ kind: 'rate-limit', at: 'inbound' })
    expect((await call('GET', '/v1/submissions?controlNumber=000000123')).status).toBe(503)
    expect((await call('GET', '/v1/inbound')).status).toBe(429)
    expect((await call('GET', '/v1/inbound')).status).toBe(200)
  })
})

it('forgets nothing that it answered when it is killed', { timeout: 30_000 }, async () => {
  const directory = temporaryDirectory()
  const victim = spawn(process.execPath, [new URL('serve.ts', import.meta.url).pathname, directory])
  onTestFinished(() => void victim.kill('SIGKILL'))
  const [url] = await once(victim.stdout, 'data')
  const before = client(String(url).trim())
  const statuses = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const claim = build837P(selfClaim(), envelope({ interchangeNumber: index + 1 }))
      return (await before.submit(claim, `key-${index}`)).status
    }),
  )
  expect(statuses).toEqual(Array.from({ length: 10 }, () => 202))
  const [first, ...rest] = await before.inbound()
  await before.acknowledge(first!.fileId)
  victim.kill('SIGKILL')
  await once(victim, 'exit')

  const after = await started(undefined, directory)
  expect(await after.inbound()).toEqual(rest)
  expect((await after.submit(build837P(selfClaim(), envelope({ interchangeNumber: 1 })), 'key-0')).status).toBe(200)
  expect((await after.submit(text, 'key-0')).status).toBe(422)
})
