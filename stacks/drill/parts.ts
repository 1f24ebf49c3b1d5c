import type { Part } from './compare.ts'
import type { Restored } from './machine.ts'

/** In so many segments a table is read. */
const segments = 16

/** The comparisons of a table with its copy, in both directions. */
export const partsOf = ({ live, copy }: Restored): Part[] =>
  (['copy', 'live'] as const).flatMap(of =>
    Array.from({ length: segments }, (_, segment) => ({ live, copy, of, segment, segments })),
  )
