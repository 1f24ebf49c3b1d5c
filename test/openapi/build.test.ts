import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogue, isAction } from '../../functions/catalogue.ts'
import { acceptsBearer } from '../../shared/kernel/action.ts'
import { problemStatus } from '../../shared/kernel/problem.ts'
import { isSafe, splitRoute } from '../../shared/kernel/route.ts'
import { buildOpenApi } from '../../stacks/openapi/build.ts'

const root = resolve(import.meta.dirname, '..', '..')
const entries = await catalogue()
const actions = entries.filter(isAction)
const document = buildOpenApi(entries)

interface Operation {
  operationId: string
  summary: string
  description: string
  tags: string[]
  security: object[]
  parameters?: { $ref?: string; name: string; in: string; required: boolean; schema: object; example?: unknown }[]
  requestBody?: { content: Record<string, { example: unknown }> }
  responses: Record<string, { $ref?: string; content?: object; headers?: object }>
}

const operation = (id: string): Operation => {
  const all = Object.values(document.paths).flatMap(Object.values) as unknown as Operation[]
  const found = all.filter(({ operationId }) => operationId === id)
  expect(found, id).toHaveLength(1)
  return found[0] as Operation
}

describe('docs/openapi.json', () => {
  it('is what the declarations say today', () => {
    const written = readFileSync(resolve(root, 'docs', 'openapi.json'), 'utf8')
    expect(written === `${JSON.stringify(document, null, 2)}\n`, 'it is stale: npm run openapi').toBe(true)
  })

  it('describes each action once and nothing else', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
    )
    const declared = actions.map(({ id, declaration }) => {
      const { method, path } = splitRoute(declaration.route)
      return `${id} ${method} ${path}`
    })
    expect(described.sort()).toEqual(declared.sort())
  })

  it('names each domain once', () => {
    expect(document.tags.map(({ name }) => name)).toEqual([...new Set(actions.map(({ domain }) => domain))])
  })
})

describe.each(actions)('the operation of $id', ({ id, domain, declaration }) => {
  const { allow, reply, route } = declaration
  const described = operation(id)

  it('says who may call it, and what proves that a change is theirs', () => {
    expect(described).toMatchObject({ summary: declaration.summary, tags: [domain], 'x-permission': allow })
    const bearer = acceptsBearer(declaration)
    expect(described.security).toEqual([
      ...(allow === 'anyone' ? [] : [{ session: [] }]),
      ...(bearer ? [{ bearer: [] }] : []),
    ])
    const name = bearer ? 'X-CSRF-of-session' : 'X-CSRF'
    const proof = described.parameters?.some(({ $ref }) => $ref === `#/components/parameters/${name}`) ?? false
    expect(proof).toBe(allow !== 'anyone' && !isSafe(splitRoute(route).method))
  })

  it('has its reply, and every declared problem under its status', () => {
    const content = described.responses[reply.status]?.content
    expect(Object.keys(content ?? {})).toEqual(
      [204, 303].includes(reply.status) ? [] : [reply.type ?? 'application/json'],
    )
    for (const code of declaration.problems) {
      const name = described.responses[problemStatus(code)]?.$ref?.split('/').at(-1) ?? ''
      expect(name.split('.'), code).toContain(code)
      expect(document.components.responses[name]).toBeDefined()
    }
  })

  it('has examples that its own schemas take', () => {
    const example = (place: string) =>
      Object.fromEntries(
        described.parameters
          ?.filter(parameter => parameter.in === place && parameter.example !== undefined)
          .map(parameter => [parameter.name, String(parameter.example)]) ?? [],
      )
    expect(declaration.params?.safeParse(example('path')).error).toBeUndefined()
    expect(declaration.query?.safeParse(example('query')).error).toBeUndefined()
    const type = declaration.form ? 'application/x-www-form-urlencoded' : 'application/json'
    const body = described.requestBody?.content[type]?.example
    expect(declaration.body?.safeParse(body).error).toBeUndefined()
    expect(body === undefined).toBe(declaration.body === undefined)
  })
})

describe('an operation', () => {
  it('asks of a number in the query what the action asks of it', () => {
    const limit = operation('patients.list').parameters?.find(({ name }) => name === 'limit')
    expect(limit).toMatchObject({
      required: false,
      example: 25,
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
    })
  })

  it('takes a body as it is before it is transformed', () => {
    expect(operation('mfa.verify').requestBody).toMatchObject({
      content: { 'application/json': { schema: { properties: { code: { type: 'string' } } } } },
    })
    expect(JSON.stringify(operation('mfa.verify').requestBody)).not.toContain('pattern')
  })

  it('leaves out the problems that cannot come up', () => {
    const codes = (id: string) =>
      Object.values(operation(id).responses).flatMap(({ $ref }) => $ref?.split('/').at(-1)?.split('.') ?? [])
    expect(codes('health.basic')).toEqual(['validation-failed', 'internal-error', 'timeout'])
    expect(codes('patients.get')).not.toContain('csrf-refused')
    expect(codes('patients.create')).toEqual(
      expect.arrayContaining(['csrf-refused', 'conflict', 'audit-unavailable', 'rate-limited', 'unauthenticated']),
    )
  })

  it('tells of the headers that its answer carries', () => {
    const { headers } = operation('patients.get').responses['200'] ?? {}
    expect(Object.keys(headers ?? {})).toEqual([
      'X-Request-Id',
      'RateLimit',
      'RateLimit-Policy',
      'X-Session-Idle-Expires',
      'X-Session-Absolute-Expires',
      'X-Session-Warn-At',
    ])
    expect(Object.keys(operation('health.basic').responses['200']?.headers ?? {})).toEqual(['X-Request-Id'])
  })
})
