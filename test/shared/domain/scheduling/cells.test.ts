import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellMinutes, cellsOf } from '../../../../shared/domain/scheduling/cells.ts'
import { plusMinutes } from '../../../../shared/domain/scheduling/wallTime.ts'
import { anyInstant } from './zones.ts'

const length = fc.integer({ min: 1, max: 48 }).map(cells => cells * cellMinutes)
const booking = fc.record({ startsAt: anyInstant, minutes: length })
const near = fc
  .tuple(booking, fc.integer({ min: -60, max: 60 }), length)
  .map(([one, cells, minutes]) => [one, { startsAt: plusMinutes(one.startsAt, cells * cellMinutes), minutes }] as const)

describe('the cells of a booking', () => {
  it('begin with it, follow each other, and end with it', () => {
    fc.assert(
      fc.property(booking, ({ startsAt, minutes }) => {
        const cells = cellsOf(startsAt, minutes)
        expect(cells).toHaveLength(minutes / cellMinutes)
        expect(cells[0]).toBe(startsAt)
        for (const [index, cell] of cells.entries()) expect(cell).toBe(plusMinutes(startsAt, index * cellMinutes))
        expect(plusMinutes(cells.at(-1) ?? '', cellMinutes)).toBe(plusMinutes(startsAt, minutes))
      }),
    )
  })

  it('are shared by two bookings exactly when these overlap', () => {
    fc.assert(
      fc.property(near, ([one, other]) => {
        const cells = new Set(cellsOf(one.startsAt, one.minutes))
        const shared = cellsOf(other.startsAt, other.minutes).some(cell => cells.has(cell))
        const overlap =
          one.startsAt < plusMinutes(other.startsAt, other.minutes) &&
          other.startsAt < plusMinutes(one.startsAt, one.minutes)
        expect(shared).toBe(overlap)
      }),
      { numRuns: 500 },
    )
  })

  it('of the longest booking are few enough for one transaction, with the appointment and the audit record', () => {
    // Moving gives back as many cells as it takes. DynamoDB takes 100 items in a transaction.
    expect(2 * cellsOf('2030-01-01T00:00:00.000Z', 240).length + 3).toBeLessThanOrEqual(100)
  })
})
