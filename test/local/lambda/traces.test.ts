import { expect, it } from 'vitest'
import { longestChain, Traces } from '../../../local/lambda/traces.ts'

it.each([
  ['nothing', [], 0],
  [
    'one after another',
    [
      [0, 5],
      [5, 5],
      [11, 2],
    ],
    3,
  ],
  [
    'a burst',
    [
      [0, 5],
      [0, 6],
      [1, 4],
    ],
    1,
  ],
  [
    'a burst, then one',
    [
      [0, 5],
      [1, 9],
      [10, 3],
    ],
    2,
  ],
  [
    'a long one beside two short ones',
    [
      [0, 100],
      [0, 10],
      [20, 10],
    ],
    2,
  ],
])('%s', (_, calls, expected) => {
  expect(longestChain(calls.map(([startedAt = 0, ms = 0]) => ({ startedAt, ms })))).toBe(expected)
})

it('keeps the last 2,000 and finds them by either id', () => {
  const traces = new Traces()
  for (let n = 0; n < 2_010; n++) traces.begin({ requestId: `r${n}`, apiRequestId: `a${n}`, functionName: 'f' })
  expect(traces.find('r9')).toBeUndefined()
  expect(traces.find('a9')).toBeUndefined()
  expect(traces.find('a10')?.requestId).toBe('r10')
  expect(traces.recent(1)[0]?.requestId).toBe('r2009')
})
