import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')
const left = new Set(['node_modules', '.git', 'cdk.out', '.build', '.local', 'coverage'])
const copy = mkdtempSync(join(tmpdir(), 'haven-new-'))

beforeAll(() => {
  cpSync(root, copy, { recursive: true, filter: path => !left.has(path.slice(root.length + 1).split(sep)[0] ?? '') })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

describe('npm run new', () => {
  const kinds = [
    { id: 'claims.void', args: [] },
    { id: 'letters.list', args: [] },
    { id: 'letters.get', args: [] },
    { id: 'letters.sweep', args: ['--worker'] },
  ]
  const filesOf = (id: string) => {
    const path = id.replace('.', '/')
    return [`functions/${path}.ts`, `events/${path}.json`, `test/functions/${path}.test.ts`]
  }
  const files = kinds.flatMap(({ id }) => filesOf(id))

  it.each(kinds)('makes the three files of $id and says what is next', async ({ id, args }) => {
    const { output, status } = await run('local/new.ts', id, ...args)
    expect(status, output).toBe(0)
    for (const file of filesOf(id)) {
      expect(existsSync(join(copy, file)), file).toBe(true)
      expect(output).toContain(file)
    }
    expect(output).toContain('npm run openapi')
    expect(output).toContain('npm test')
  })

  it('makes what compiles', async () => {
    writeFileSync(join(copy, 'tsconfig.new.json'), JSON.stringify({ extends: './tsconfig.json', include: [], files }))
    const { output, status } = await run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.new.json')
    expect(status, output).toBe(0)
  }, 120_000)

  it('makes what the linter takes', async () => {
    const { output, status } = await run(
      'node_modules/@biomejs/biome/bin/biome',
      'check',
      '--error-on-warnings',
      ...files,
    )
    expect(status, output).toBe(0)
  })

  it('makes what can be bundled and answers', async () => {
    writeFileSync(
      join(copy, 'bundle-new.ts'),
      `import { catalogue } from './functions/catalogue.ts'
       import { bundle } from './stacks/bundle.ts'
       const made = ${JSON.stringify(kinds.map(({ id }) => id))}
       const { dirs } = await bundle((await catalogue()).filter(({ id }) => made.includes(id)))
       console.log([...dirs.keys()].join(' '))`,
    )
    const { output, status } = await run('bundle-new.ts')
    expect(status, output).toBe(0)
    expect(output.trim()).toBe('claims.void letters.get letters.list letters.sweep')
  }, 60_000)

  it('makes what the OpenAPI document describes, even when the document cannot be read', async () => {
    const file = join(copy, 'docs', 'openapi.json')
    writeFileSync(file, '<<<<<<< HEAD')
    const { output, status } = await run('stacks/openapi/write.ts')
    expect(status, output).toBe(0)
    const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, object> }
    expect(paths['/api/v1/claims/{claimId}/void']).toMatchObject({
      post: { operationId: 'claims.void', summary: 'Void a claim', 'x-permission': 'claim:submit' },
    })
    expect(paths['/api/v1/letters']).toMatchObject({ get: { 'x-permission': 'operations:read' } })
    expect(Object.keys(paths).some(path => path.includes('sweep'))).toBe(false)
  }, 60_000)

  it('makes tests that pass', async () => {
    const tests = files.filter(file => file.endsWith('.test.ts'))
    const { output, status } = await run('node_modules/vitest/vitest.mjs', 'run', ...tests)
    expect(status, output).toBe(0)
  }, 300_000)
})

describe('npm run new refuses', () => {
  it.each([
    ['no name', [], 'Name one function'],
    ['two names', ['claims.a', 'claims.b'], 'Name one function'],
    ['a name without a domain', ['void'], '"void" is not the name of a function'],
    ['large letters', ['Claims.void'], 'is not the name of a function'],
    ['a way out of the tree', ['../claims.void'], 'is not the name of a function'],
    ['an unknown option', ['claims.x', '--queue'], "Unknown option '--queue'"],
    ['a name that Lambda cannot have', [`claims.${'x'.repeat(60)}`], 'is longer than'],
    ['a function that is there', ['patients.get'], 'patients.get is not new: functions/patients/get.ts'],
    ['a worker where an action is', ['patients.get', '--worker'], 'patients.get is not new'],
  ])('%s', async (_, args, said) => {
    const { output, status } = await run('local/new.ts', ...args)
    expect(status).toBe(1)
    expect(output).toContain(said)
  })

  it('a route that is taken, and writes nothing', async () => {
    // What `claims.delete` would be, `claims.remove` is already.
    expect((await run('local/new.ts', 'claims.remove')).status).toBe(0)
    const { output, status } = await run('local/new.ts', 'claims.delete')
    expect(status).toBe(1)
    expect(output).toContain(
      'claims.delete would stand at DELETE /claims/{claimId}, where claims.remove stands already',
    )
    expect(existsSync(join(copy, 'functions', 'claims', 'delete.ts'))).toBe(false)
  })
})

/** Runs a program of the copy on this Node, as a person would: without what the running vitest put in the environment. */
function run(program: string, ...args: string[]): Promise<{ status: number; output: string }> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV$)/.test(name)),
  )
  const options = { cwd: copy, env, maxBuffer: 64 * 1024 * 1024 }
  return new Promise(resolve => {
    execFile(process.execPath, [join(copy, program), ...args], options, (error, stdout, stderr) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: `${stdout}${stderr}` }),
    )
  })
}
