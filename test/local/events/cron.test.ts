import { expect, it } from 'vitest'
import { nextRun } from '../../../local/events/cron.ts'

const after = new Date('2026-03-06T10:30:00Z') // a Friday

it.each([
  ['rate(5 minutes)', 'UTC', '2026-03-06T10:35:00.000Z'],
  ['rate(1 day)', 'UTC', '2026-03-07T10:30:00.000Z'],
  ['cron(15 3 * * ? *)', 'UTC', '2026-03-07T03:15:00.000Z'],
  ['cron(0/15 * * * ? *)', 'UTC', '2026-03-06T10:45:00.000Z'],
  ['cron(0 9 ? * MON-FRI *)', 'UTC', '2026-03-09T09:00:00.000Z'],
  ['cron(0 9 ? * 2#2 *)', 'UTC', '2026-03-09T09:00:00.000Z'],
  ['cron(0 9 ? * 6L *)', 'UTC', '2026-03-27T09:00:00.000Z'],
  ['cron(0 0 L * ? *)', 'UTC', '2026-03-31T00:00:00.000Z'],
  ['cron(0 0 29 2 ? *)', 'UTC', '2028-02-29T00:00:00.000Z'],
  ['cron(0 12 1 JAN ? 2027)', 'UTC', '2027-01-01T12:00:00.000Z'],
  ['cron(0 3 * * ? *)', 'America/New_York', '2026-03-07T08:00:00.000Z'],
  ['cron(0 3 9 * ? *)', 'America/New_York', '2026-03-09T07:00:00.000Z'],
  ['at(2026-03-07T00:00:00)', 'UTC', '2026-03-07T00:00:00.000Z'],
])('%s in %s is due at %s', (expression, timezone, expected) => {
  expect(nextRun(expression, timezone, after)?.toISOString()).toBe(expected)
})

it('is never due again after its time', () => {
  expect(nextRun('at(2026-03-01T00:00:00)', 'UTC', after)).toBeUndefined()
  expect(nextRun('cron(0 0 1 1 ? 2020)', 'UTC', after)).toBeUndefined()
})

it('refuses what is no expression', () => {
  expect(() => nextRun('rate(soon)', 'UTC', after)).toThrow('rate')
  expect(() => nextRun('cron(* *)', 'UTC', after)).toThrow('Not a schedule')
})
