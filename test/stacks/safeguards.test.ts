import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { production } from '../../local/production.ts'
import { safeguards, safeguardsPage } from '../../stacks/compliance/safeguards.ts'
import { readCloud } from './cloud.ts'

const { ofType } = readCloud(await production())

describe('the page of safeguards', () => {
  it('is written by `npm run compliance`', () => {
    expect(readFileSync(resolve('docs', 'compliance', 'safeguards.md'), 'utf8')).toBe(safeguardsPage())
  })

  it.each(safeguards)('$rule $asks: names what there is', ({ constructs, shown }) => {
    for (const type of constructs) expect(ofType(type).length, type).toBeGreaterThan(0)
    expect(shown.length).toBeGreaterThan(0)
    for (const file of shown) expect(existsSync(resolve(file)), file).toBe(true)
  })
})
