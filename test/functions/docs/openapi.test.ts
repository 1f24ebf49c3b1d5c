import { describe, expect, it } from 'vitest'
import document from '../../../docs/openapi.json' with { type: 'json' }
import { catalogue, isAction } from '../../../functions/catalogue.ts'
import { splitRoute } from '../../../shared/kernel/route.ts'
import { call } from '../../harness/index.ts'

describe('GET /openapi.json', () => {
  it('200 answers the document to anyone, whole', async () => {
    const { status, headers, body, cookies } = await call('docs.openapi')
    expect([status, headers['content-type'], cookies]).toEqual([200, 'application/json', []])
    expect(body).toEqual(document)
    expect(body.openapi).toMatch(/^3\.1\./)
  })

  it('200 describes every action that there is', async () => {
    const { body } = await call('docs.openapi')
    const base = new URL(body.servers?.[0]?.url ?? '/', 'https://any.example').pathname.replace(/\/$/, '')
    const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method.toUpperCase()} ${base}${path}`),
    )
    const declared = (await catalogue()).filter(isAction).map(({ declaration }) => {
      const { method, path } = splitRoute(declaration.route)
      return `${method} ${path}`
    })
    expect(described.sort()).toEqual(declared.sort())
  })

  it('400 with a parameter', async () => {
    expect((await call('docs.openapi', { query: { format: 'yaml' } })).status).toBe(400)
  })
})
