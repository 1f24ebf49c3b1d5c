import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { limited } from '../../shared/ports/limited.ts'
import { Limited } from '../../shared/schema/limits.ts'
import { LocalDate } from '../../shared/schema/time.ts'

/** Most that are shown of a day: of an attack the newest, and what it is made of. */
const most = 100

/**
 * Who was limited on a day, and by which rule, newest first: the practice's users and keys, accounts at it under attack, and
 * addresses, which belong to no practice. Nobody is named: a subject is the beginning of a hash.
 */
export default defineAction({
  summary: 'Report who was limited',
  route: 'GET /limits/report',
  allow: 'limit:read',
  query: z.strictObject({
    /** A day of UTC; today by itself. */
    day: LocalDate.optional(),
  }),
  reply: {
    status: 200,
    schema: z.strictObject({ items: z.array(z.strictObject(Limited.shape).meta({ id: 'Limited' })).max(most) }),
  },
  audit: { action: 'R', entity: 'RateLimit/report' },
  limit: 'read',
  timeout: 10,
  uses: { limited },

  async handle({ query, session, limited, now }) {
    const { practiceId, practiceSlug } = session.current().user
    const day = query.day ?? now.slice(0, 10)
    const owners = [practiceId, practiceSlug, limited.everybody]
    const marks = await Promise.all(owners.map(owner => limited.ofDay(owner, day, most)))
    return {
      items: marks
        .flat()
        .sort((a, b) => (a.at < b.at ? 1 : -1))
        .slice(0, most),
    }
  },
})
