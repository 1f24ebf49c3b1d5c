import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { functionFor } from '../../../local/start/names.ts'
import { watchTree } from '../../../local/start/tree.ts'
import { eventually } from '../fixture/cloud.ts'

describe('a watched folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'watch-'))
  mkdirSync(join(root, 'claims'))
  const file = join(root, 'claims', 'submit.ts')
  writeFileSync(file, '1')
  const changed = new Set<string>()
  const end = watchTree(root, path => changed.add(path))
  afterAll(() => {
    end()
    rmSync(root, { recursive: true })
  })
  const noticed = (path: string) => eventually(async () => changed.delete(path) || undefined, 2_000)

  it('tells of a file that is written, replaced, and then written again', async () => {
    appendFileSync(file, '2')
    await noticed(file)
    writeFileSync(`${file}.new`, '3')
    renameSync(`${file}.new`, file)
    await noticed(file)
    changed.clear()
    appendFileSync(file, '4')
    await noticed(file)
  })

  it('tells of files in folders that came later', async () => {
    mkdirSync(join(root, 'slots', 'deep'), { recursive: true })
    const late = join(root, 'slots', 'deep', 'find.ts')
    writeFileSync(late, '1')
    await noticed(late)
    changed.clear()
    appendFileSync(late, '2')
    await noticed(late)
    expect(changed).not.toContain(file)
  })
})

it.each([
  ['claims.submit', 'haven-dev-claims-submit'],
  ['maintenance.clean-sessions', 'haven-dev-maintenance-clean-sessions'],
  ['claims.nothing', undefined],
])('the function %s is deployed as %s', (id, name) => {
  const names = ['haven-dev-claims-submit', 'haven-dev-claims-resubmit', 'haven-dev-maintenance-clean-sessions']
  expect(functionFor(id, names)).toBe(name)
})
