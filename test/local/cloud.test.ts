import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from './fixture/assembly.ts'
import { eventually, type TestCloud, testCloud } from './fixture/cloud.ts'

/** What the routes that are asked here answer, each with its own part of it. */
interface Answer {
  event: { routeKey: string; pathParameters?: object }
  variables: Record<string, string>
  schedules: object[]
  served: number
}

describe('a local cloud', () => {
  let cloud: TestCloud
  const data = mkdtempSync(join(tmpdir(), 'local-cloud-'))
  beforeAll(async () => {
    cloud = await testCloud({ data, environment: { OWN: 'given', UNDECLARED: 'x' } })
  }, 60_000)
  afterAll(async () => {
    await cloud.close()
    rmSync(data, { recursive: true, force: true })
  })

  const get = async <Body = Answer>(path: string, init?: RequestInit) => {
    const response = await fetch(`${cloud.url}${path}`, init)
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
  }

  it('serves the routes of its templates', async () => {
    const { status, body } = await get('/echo/fixed')
    expect([status, body.event.routeKey]).toEqual([200, 'GET /echo/fixed'])
    expect((await get('/echo/7?q=1')).body.event.pathParameters).toEqual({ id: '7' })
  })

  it('shows a function its own variables only, those given in place of the declared ones', async () => {
    const { body } = await get('/echo')
    expect(body.variables).toMatchObject({ OWN: 'given', TABLE: 'fixture', AWS_ENDPOINT_URL: cloud.awsUrl })
    expect(body.variables).not.toHaveProperty('UNDECLARED')
    expect(body.variables).not.toHaveProperty('HOME')
  })

  it('lists its functions and its state', async () => {
    const { body } = await get('/_local/functions')
    expect(body).toContainEqual(expect.objectContaining({ name: 'fixture-items', routes: ['POST /items'], timeout: 5 }))
    const status = (await get('/_local/status')).body
    expect(status).toMatchObject({ awsUrl: cloud.awsUrl, functions: 6, routes: 7 })
    expect(status.schedules).toHaveLength(2)
  })

  it('invokes a function as the AWS command does', async () => {
    const invoke = (name: string, body: string) =>
      get(`/_local/functions/${name}/invocations`, { method: 'POST', body })
    const good = await invoke('fixture-slow', '{"ms":1}')
    expect([good.status, good.body.served, good.headers.get('x-amz-function-error')]).toEqual([200, 1, null])
    const bad = await invoke('fixture-echo', '{"body":"throw"}')
    expect(bad.headers.get('x-amz-function-error')).toBe('Unhandled')
    expect(bad.body).toMatchObject({ errorType: 'TypeError', errorMessage: 'asked to' })
    expect((await invoke('nothing', '{}')).status).toBe(404)
    expect((await invoke('fixture-echo', 'no json')).status).toBe(400)
  })

  it('ends a function that takes too long, or all of its memory, and goes on', async () => {
    const invoke = async (event: object) => JSON.parse((await cloud.invoke('fixture-slow', event)).payload)
    expect(await invoke({ spin: true })).toMatchObject({
      errorMessage: expect.stringMatching(/timed out after 1.00 seconds/),
    })
    expect(await invoke({ exit: true })).toMatchObject({ errorType: 'Runtime.ExitError' })
    expect(await invoke({ ms: 0 })).toMatchObject({ left: 'fixture-slow' })
  })

  it('gives a trace by the id that the client saw', async () => {
    const { headers } = await get('/echo')
    const trace = await get(`/_local/traces/${headers.get('apigw-requestid')}`)
    expect(trace.body).toMatchObject({ functionName: 'fixture-echo', calls: [], sequential: 0, failed: false })
    expect((await get('/_local/traces/none')).status).toBe(404)
  })

  it('keeps what functions write', async () => {
    await get('/echo')
    const lines = await eventually(async () => {
      const { body } = await get<{ line: string }[]>('/_local/logs?function=fixture-echo&limit=20')
      return body.some(({ line }) => line === 'echo was called') ? body : undefined
    })
    expect(lines.at(-1)).toMatchObject({ functionName: 'fixture-echo', line: expect.stringContaining('REPORT') })
  })

  it('refuses its control routes to the pages of other origins', async () => {
    const origin = { origin: 'https://example.com' }
    expect((await get('/_local/status', { headers: origin })).status).toBe(403)
  })

  it('runs replaced code from the next request on', async () => {
    const code = mkdtempSync(join(tmpdir(), 'code-'))
    writeFileSync(join(code, 'index.js'), 'exports.handler = async () => "replaced"')
    cloud.replaceCode('fixture-tick', code)
    expect(await cloud.run('fixture-tick', {})).toBe('replaced')
    rmSync(code, { recursive: true })
  })

  it('takes up a changed assembly and keeps its data', async () => {
    const item = { pk: { S: 'KEPT#1' }, sk: { S: '-' } }
    await cloud.table('PutItem', { Item: item })
    const changed = mkdtempSync(join(tmpdir(), 'assembly-'))
    cpSync(await fixture(), changed, { recursive: true })
    const template = join(changed, 'Api.template.json')
    writeFileSync(template, readFileSync(template, 'utf8').replace('"PUT /plain"', '"PUT /renamed"'))
    await cloud.reload(changed)
    expect((await get('/renamed', { method: 'PUT' })).status).toBe(200)
    expect((await get('/plain', { method: 'PUT' })).status).toBe(404)
    expect(await cloud.table('GetItem', { Key: item })).toEqual({ Item: item })
    rmSync(changed, { recursive: true })
  })
})
