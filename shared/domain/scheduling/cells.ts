import type { Instant } from '../../schema/time.ts'
import { plusMinutes } from './instants.ts'

/** Bookings are made of cells of five minutes: two that overlap share a cell, and a cell can be taken once. */
export const cellMinutes = 5

/** The cells of a stretch of time, each named by the moment at which it begins. */
export function cellsOf(startsAt: Instant, minutes: number): Instant[] {
  return Array.from({ length: Math.ceil(minutes / cellMinutes) }, (_, index) =>
    plusMinutes(startsAt, index * cellMinutes),
  )
}
