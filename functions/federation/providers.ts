import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { providers } from '../../shared/ports/providers.ts'
import { ProviderId } from '../../shared/schema/federation.ts'
import { PracticeSlug } from '../../shared/schema/identity.ts'

/** Which buttons a sign-in page shows. It tells nothing of whether there is such a practice. */
export default defineAction({
  summary: 'List the identity providers of a practice',
  route: 'GET /federation/providers',
  allow: 'anyone',
  query: z.strictObject({ practice: PracticeSlug }),
  reply: {
    status: 200,
    schema: z.strictObject({ items: z.array(z.strictObject({ provider: ProviderId, name: z.string() })) }),
  },
  limit: 'read',
  timeout: 5,
  uses: { providers },

  handle: async ({ query, providers }) => ({ items: await providers.list(query.practice) }),
})
