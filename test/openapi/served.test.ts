import { describe, expect, it } from 'vitest'
import document from '../../docs/openapi.json' with { type: 'json' }
import { call } from '../harness/index.ts'

describe('GET /openapi.json', () => {
  it('200 with the document, to anybody', async () => {
    const { status, headers, body } = await call('docs.openapi')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/json')
    expect(body).toEqual(document)
  })
})

describe('GET /docs', () => {
  it('200 with a page, and no cookie', async () => {
    const { status, headers, cookies, body } = await call('docs.page')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(cookies).toEqual([])
    expect(body).toMatch(/^<!doctype html>/)
  })

  it('400 when it is asked for with a parameter', async () => {
    const { status, body } = await call('docs.page', { query: { theme: 'dark' } })
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'validation-failed' })
  })
})
