import { expect, it } from 'vitest'
import { matches } from '../../../local/events/pattern.ts'

const event = {
  eventName: 'INSERT',
  dynamodb: { Keys: { pk: { S: 'EVENT#1' } }, NewImage: { count: { N: '5' } } },
  size: 7,
  tags: ['a', 'b'],
  empty: '',
}

it.each([
  [{ eventName: ['INSERT', 'MODIFY'] }, true],
  [{ eventName: ['REMOVE'] }, false],
  [{ dynamodb: { Keys: { pk: { S: [{ prefix: 'EVENT#' }] } } } }, true],
  [{ dynamodb: { Keys: { pk: { S: [{ prefix: 'OTHER#' }] } } } }, false],
  [{ dynamodb: { Keys: { pk: { S: [{ suffix: '#1' }] } } } }, true],
  [{ dynamodb: { OldImage: { pk: { S: [{ exists: false }] } } } }, false],
  [{ nothing: [{ exists: false }] }, true],
  [{ eventName: [{ exists: true }] }, true],
  [{ eventName: [{ 'anything-but': ['REMOVE'] }] }, true],
  [{ eventName: [{ 'anything-but': { prefix: 'INS' } }] }, false],
  [{ eventName: [{ 'equals-ignore-case': 'insert' }] }, true],
  [{ eventName: [{ wildcard: 'IN*RT' }] }, true],
  [{ size: [{ numeric: ['>', 5, '<=', 7] }] }, true],
  [{ size: [{ numeric: ['=', 5] }] }, false],
  [{ tags: ['b'] }, true],
  [{ empty: [''] }, true],
  [{ $or: [{ eventName: ['REMOVE'] }, { size: [7] }] }, true],
  [{ eventName: ['INSERT'], size: [8] }, false],
])('%j: %s', (pattern, expected) => {
  expect(matches(pattern, event)).toBe(expected)
})
