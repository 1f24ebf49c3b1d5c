import { describe, expect, it } from 'vitest'
import document from '../../docs/openapi.json' with { type: 'json' }
import { type ApiDocument, apiPage } from '../../shared/domain/openapi/page.ts'

const api = document as unknown as ApiDocument
const page = apiPage(api)

describe('the page of the API', () => {
  it('shows every operation, tag and schema', () => {
    const operations = Object.values(api.paths).flatMap(Object.values) as { operationId: string }[]
    for (const { operationId } of operations) expect(page).toContain(`<details id="${operationId}">`)
    for (const { name } of api.tags) expect(page).toContain(`<section id="tag-${name}">`)
    for (const name of Object.keys(api.components.schemas ?? {})) {
      expect(page).toContain(`<details id="schema-${name}">`)
    }
  })

  it('shows permission, parameters, body, example, replies and problems of an operation', () => {
    const claim = page.slice(page.indexOf('<details id="claims.create">'), page.indexOf('<details id="claims.get">'))
    for (const shown of [
      'permission <code>claim:create</code>',
      '<code>X-CSRF</code> in header',
      '<code>diagnoses</code>',
      '&#34;90837&#34;',
      '<b>201</b> Created',
      '<a href="#schema-Claim">Claim</a>',
      '<b>409</b> <code>already-claimed</code> This appointment has a claim already',
    ]) {
      expect(claim).toContain(shown)
    }
    expect(page).toContain('<li><code>limit</code> in query <i>optional</i>')
  })

  it('has no link that leads nowhere', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href ?? '')
    expect(links.filter(href => !href.startsWith('#') || !ids.has(href.slice(1)))).toEqual([])
  })

  it('loads, runs and sends nothing', () => {
    expect(page).not.toMatch(
      /<(script|link|img|iframe|form|object|base)\b|\bsrc=|\bon\w+="|url\(|@import|\b(href|action|data)="(?!#)/i,
    )
    expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'")
  })

  it('escapes what the document says', () => {
    const bad = '"><script>alert(`1`)</script>'
    const hostile = apiPage({
      info: { title: bad, version: bad, description: bad },
      tags: [{ name: bad }],
      paths: {
        [bad]: {
          [bad]: {
            operationId: bad,
            tags: [bad],
            summary: bad,
            description: bad,
            'x-permission': bad,
            parameters: [{ name: bad, in: bad, description: bad, schema: { type: bad, pattern: bad }, example: bad }],
            requestBody: { content: { [bad]: { schema: { enum: [bad], const: bad }, example: { [bad]: bad } } } },
            responses: { [bad]: { description: bad, content: { [bad]: { schema: { $ref: bad } } } } },
          },
        },
      },
      components: { schemas: { [bad]: { oneOf: [{ const: bad }], description: bad, default: { [bad]: bad } } } },
    })
    expect(hostile).not.toMatch(/<\/?script/i)
    expect(hostile).toContain('&#60;script&#62;')
  })

  it('is a page even of a document that has not been built yet', () => {
    expect(apiPage({})).toContain('<title>API</title>')
  })
})
