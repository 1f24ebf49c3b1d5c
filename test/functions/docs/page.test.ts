import { describe, expect, it } from 'vitest'
import { call } from '../../harness/index.ts'

describe('GET /docs', () => {
  it('200 answers a page of HTML to anyone', async () => {
    const { status, headers, body } = await call('docs.page')
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(body).toMatch(/^<!doctype html>/i)
    for (const path of ['/auth/login', '/claims/{claimId}/submission', '/audit-events']) expect(body).toContain(path)
  })

  it('200 runs no script and asks nothing of any other place', async () => {
    const { body } = await call('docs.page')
    expect(body).not.toMatch(/<script|javascript:|\son\w+=/i)
    expect(body).not.toMatch(/<(?:link|img|iframe|object|embed)[^>]+(?:src|href)=["']?(?:https?:)?\/\//i)
    expect(body).not.toMatch(/@import|url\((?!["']?data:)/i)
  })

  it('400 with a parameter', async () => {
    const { status, headers } = await call('docs.page', { query: { theme: '<script>' } })
    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json'])
  })
})
