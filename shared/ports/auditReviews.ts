import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/auditReviews.ts')).auditReviews

/** Reads reviews of the trail and what they found. */
export const auditReviews = port({
  grants: [
    { table: ['get', 'query'], keys: ['AUDITREVIEW#*'] },
    { table: ['query'], keys: ['AUDITREVIEW#*'], index: ['gsi1'] },
  ],
  load,
})

/** Keeps a review with its findings, and decides of one. */
export const auditReviewRecords = port({ grants: [{ table: ['get', 'put'], keys: ['AUDITREVIEW#*'] }], load })

/** Finds the last day of each practice that was reviewed. */
export const reviewDays = port({ grants: [{ table: ['query'], keys: ['AUDITREVIEW#*'] }], load })
