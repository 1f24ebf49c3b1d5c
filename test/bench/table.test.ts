import { describe, expect, it } from 'vitest'
import { markdownTable } from '../../bench/report/table.ts'

describe('markdownTable', () => {
  it('aligns text left and numbers right, and leaves a missing cell empty', () => {
    const table = markdownTable([
      { function: 'claims.submit', trips: 3 },
      { function: 'a', trips: 12, KB: 0.5 },
    ])
    expect(table.split('\n')).toEqual([
      '| function      | trips |  KB |',
      '| ------------- | ----: | --: |',
      '| claims.submit |     3 |     |',
      '| a             |    12 | 0.5 |',
      '',
    ])
  })

  it('shows nothing for a figure that is none', () => {
    expect(markdownTable([{ p99: Number.NaN }])).toContain('|     |')
  })
})
