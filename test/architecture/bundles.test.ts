import { statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { catalogue, type Entry, isAction } from '../../functions/catalogue.ts'
import { buildLock } from '../../local/start/assembly.ts'
import { gatesOf, workerGates } from '../../shared/ports/gates.ts'
import { bundle } from '../../stacks/bundle.ts'
import { filesIn, importsOf, root, sourceOf } from './imports.ts'

/** Bytes that a function may have: what it costs to read and compile them is the cold start. */
const largest = 500 * 1_024

const entries = await catalogue()
const inputs = new Map<string, string[]>()
const sizes = new Map<string, number>()
const lazy = new Map<string, string[]>()

beforeAll(async () => {
  const release = await buildLock(root)
  try {
    const { dirs, metafile } = await bundle(entries)
    for (const { id } of entries) {
      const output = metafile.outputs[`.build/functions/${id}/index.js`]
      const carried = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      inputs.set(
        id,
        carried.map(([file]) => file),
      )
      const ours = carried.filter(([file]) => file.startsWith('shared/'))
      const imports = ours.flatMap(([file]) => metafile.inputs[file]?.imports ?? [])
      lazy.set(
        id,
        imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path }) => path),
      )
      sizes.set(id, statSync(join(dirs.get(id) ?? '', 'index.js')).size)
    }
  } finally {
    release()
  }
})

/** Every port by its object: the file it stands in, and the modules that it can load. */
const loadedBy = new Map<unknown, string[]>()
for (const file of filesIn('shared/ports')) {
  const text = sourceOf(file)
  const modules = importsOf(file).filter(({ lazy, type }) => lazy && !type)
  for (const [name, value] of Object.entries((await import(join(root, file))) as Record<string, unknown>)) {
    if (typeof value !== 'object' || value === null || !('load' in value)) continue
    const [, body = ''] = new RegExp(`export const ${name} =\\s*port\\(([\\s\\S]*?)\\n?\\}\\)`).exec(text) ?? []
    const own = modules.filter(({ text: statement }) => body.includes(statement))
    loadedBy.set(
      value,
      (own.length > 0 ? own : modules).map(({ to }) => to),
    )
  }
}

/** All files of ours that these can reach by value. */
function reach(files: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file) || !file.startsWith('shared/')) return
    seen.add(file)
    for (const { to, type } of importsOf(file)) if (!type && to.startsWith('shared/')) visit(to)
  }
  for (const file of files) visit(file)
  return seen
}

const portsOf = (entry: Entry): unknown[] => [
  ...Object.values(isAction(entry) ? gatesOf(entry.declaration) : workerGates(entry.declaration)),
  ...Object.values(entry.declaration.uses),
]

describe.each(entries)('the bundle of $id', entry => {
  const { id } = entry
  const held = () => inputs.get(id) ?? []

  it(`is at most ${largest / 1_024} KB`, () => {
    expect(sizes.get(id)).toBeGreaterThan(1_000)
    expect(sizes.get(id)).toBeLessThanOrEqual(largest)
  })

  it('imports nothing lazily: what is lazy cannot be left out where it is not used', () => {
    expect(lazy.get(id)).toEqual([])
  })

  it('holds its own action and no other, no catalogue, no stack, no test and nothing of the local run', () => {
    const ours = held().filter(file => !file.startsWith('node_modules/') && !file.startsWith('shared/'))
    expect(ours.filter(file => file.startsWith('functions/'))).toEqual([`functions/${id.replace('.', '/')}.ts`])
    const rest = ours.filter(file => !file.startsWith('functions/') && file !== `lambda:${id}`)
    // `nothing:` is the emptiness that a bundle holds where a library's readers of certificates were.
    expect(rest.filter(file => file !== 'docs/openapi.json' && !file.startsWith('nothing:'))).toEqual([])
  })

  it('holds no CDK, and none of what only develops', () => {
    const packages = held().filter(file => file.startsWith('node_modules/'))
    const developing =
      /^node_modules\/(aws-cdk-lib|constructs|esbuild|vitest|typescript|fast-check|@biomejs|fauxqs|@cloud-copilot)\//
    expect(packages.filter(file => developing.test(file))).toEqual([])
    expect(packages.filter(file => /zod\/.*locales\/(?!en\.|index\.)[a-z]/.test(file))).toEqual([])
  })

  it('holds the store and adapters of its ports, and of no other', () => {
    const modules = portsOf(entry).map(port => {
      const loads = loadedBy.get(port)
      if (!loads) throw new Error(`a port of ${id} stands in no file of shared/ports`)
      return loads
    })
    const allowed = reach(modules.flat())
    const carried = held().filter(file => /^shared\/(store|adapters)\//.test(file))
    expect(carried.filter(file => !allowed.has(file))).toEqual([])
    for (const file of modules.flat()) expect(carried).toContain(file)
  })

  it('holds no SDK unless a port of it needs one', () => {
    const sdk = [
      ...new Set(held().flatMap(file => /^node_modules\/(@aws-sdk\/(?:client|lib)-[^/]+)/.exec(file)?.[1] ?? [])),
    ]
    const modules = reach(portsOf(entry).flatMap(port => loadedBy.get(port) ?? []))
    const needed = new Set(
      [...modules]
        .flatMap(importsOf)
        .filter(({ type }) => !type)
        .map(({ to }) => to),
    )
    // The document client is a layer over the plain one.
    if (needed.has('@aws-sdk/lib-dynamodb')) needed.add('@aws-sdk/client-dynamodb')
    expect(sdk.filter(name => !needed.has(name))).toEqual([])
  })
})

describe('an action without ports', () => {
  it('ships no SDK at all: health.live and health.basic', () => {
    for (const id of ['health.basic', 'health.live']) {
      const entry = entries.find(each => each.id === id)
      expect(entry).toBeDefined()
      expect((inputs.get(id) ?? []).filter(file => /node_modules\/(@aws-sdk|@smithy)\//.test(file))).toEqual([])
      expect(sizes.get(id)).toBeLessThan(200 * 1_024)
    }
  })
})
