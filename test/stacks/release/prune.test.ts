import { describe, expect, it } from 'vitest'
import { handler } from '../../../stacks/release/prune.ts'
import { standIn } from './standIn.ts'

/** Lambda with one function: sixty versions over two pages, of which an alias leads to an old one, and a canary to another. */
const versions = ['$LATEST', ...Array.from({ length: 60 }, (_, index) => String(index + 1))]
let removed: string[] = []
let refuses = false
standIn('functions.json', ['haven-production-a', 'haven-production-new'], (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://lambda')
  const [, name, what] = /functions\/([\w-]+)\/?(\w*)$/.exec(pathname) ?? []
  if (request.method === 'DELETE') {
    removed.push(`${name}:${searchParams.get('Qualifier')}`)
    return response.writeHead(refuses ? 409 : 204).end()
  }
  if (name !== 'haven-production-a') return response.writeHead(404).end('{}')
  if (what === 'aliases') {
    const RoutingConfig = { AdditionalVersionWeights: { '9': 0.1 } }
    return response.end(JSON.stringify({ Aliases: [{ FunctionVersion: '3', RoutingConfig }] }))
  }
  const from = Number(searchParams.get('Marker') ?? 0)
  const page = versions.slice(from, from + 50)
  const NextMarker = from + 50 < versions.length ? String(from + 50) : null
  response.end(JSON.stringify({ Versions: page.map(Version => ({ Version })), NextMarker }))
})

describe('old versions', () => {
  it('are removed, but for the latest five and those that an alias leads to', async () => {
    expect(await handler()).toEqual({ removed: 53 })
    const gone = removed.map(each => each.replace('haven-production-a:', ''))
    expect(gone).toHaveLength(53)
    for (const kept of ['$LATEST', '60', '59', '58', '57', '56', '9', '3', 'null']) expect(gone).not.toContain(kept)
    expect(gone).toContain('55')
    expect(gone).toContain('1')
  })

  it('that cannot be removed fail the run, so that its alarm says so', async () => {
    removed = []
    refuses = true
    await expect(handler()).rejects.toThrow('haven-production-a:55 is not removed: 409')
    expect(removed).toHaveLength(1)
  })
})
