import type { Stage } from '../configuration.ts'

/** A developer's own account, and what the local run and the tests are synthesized from. */
export default {
  edge: 'none',
  traffic: 'all-at-once',
  logDays: 365,
} satisfies Stage
