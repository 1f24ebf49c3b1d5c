import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { root } from './imports.ts'

const { dependencies, devDependencies, optionalDependencies } = manifest
const all = { ...dependencies, ...devDependencies, ...optionalDependencies }

/** The rows of the document: the packages of each, and why they are there. */
const rows = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8')
  .split('\n')
  .filter(row => /^\| `/.test(row))
  .map(row =>
    row
      .slice(1, -1)
      .split('|')
      .map(cell => cell.trim()),
  )
  .map(([names = '', why = '']) => ({
    names: [...names.matchAll(/`([^`]+)`/g)].map(match => match[1] ?? ''),
    why,
  }))

describe('docs/dependencies.md', () => {
  it.each(Object.keys(all))('says why there is %s', name => {
    const row = rows.find(({ names }) => names.includes(name))
    expect(row, `${name} is not listed`).toBeDefined()
    expect(row?.why.length).toBeGreaterThan(3)
  })

  it('lists nothing that is not there, and nothing twice', () => {
    const listed = rows.flatMap(({ names }) => names)
    expect(listed.filter(name => !(name in all))).toEqual([])
    expect(new Set(listed).size).toBe(listed.length)
  })
})

describe('package.json', () => {
  it.each(Object.entries(all))('has %s in one exact version', (_name, version) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('has aws-cdk in the last version that reads our assemblies', () => {
    expect(devDependencies['aws-cdk']).toBe('2.1148.1')
  })

  it('lets no package run a script when it is installed', () => {
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts\s*=\s*true$/m)
  })
})
