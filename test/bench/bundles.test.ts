import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sizeOf } from '../../bench/bundles.ts'
import { over } from '../../bench/report/budgets.ts'
import { readModel } from '../../local/template/model.ts'

const root = resolve(import.meta.dirname, '..', '..')

describe('the bundles', () => {
  const { functions } = readModel(resolve(root, 'cdk.out'))

  it('are within the size budget', () => {
    expect(functions.length).toBeGreaterThan(40)
    const fat = functions.filter(spec => over('bundleKb', spec.name, sizeOf(spec)).length > 0)
    expect(fat.map(({ name }) => name)).toEqual([])
  })

  it('are compared with handlers that are built with the same settings', () => {
    const settings = (file: string) => {
      const [text = ''] =
        /^ *alias: \{[\s\S]*absWorkingDir: root,$/m.exec(readFileSync(resolve(root, file), 'utf8')) ?? []
      return text.replace(/^ +/gm, '')
    }
    expect(settings('stacks/bundle.ts')).toContain('minify: true')
    expect(settings('bench/cloud/comparators.ts')).toBe(settings('stacks/bundle.ts'))
  })
})
