import { describe, expect, it } from 'vitest'
import { parts, readOptions } from '../../bench/options.ts'

describe('the options of npm run bench', () => {
  it('are all parts by default', () => {
    expect(readOptions([])).toMatchObject({ only: parts, seconds: 12 })
  })

  it('take some parts, in the order in which they run', () => {
    expect(readOptions(['--only', 'cold,bundles']).only).toEqual(['bundles', 'cold'])
  })

  it.each([[['--only', 'speed']], [['--seconds', 'none']], [['--fast']]])('refuse %j', args => {
    expect(() => readOptions(args)).toThrow()
  })
})
