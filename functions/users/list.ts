import * as z from 'zod'
import { userViewOf } from '../../shared/domain/accounts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { userDirectory } from '../../shared/ports/users.ts'
import { UserView } from '../../shared/schema/identity.ts'
import type { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/** The practice's users, newest first. Of those who are patients, each has a record of it in their own trail. */
export default defineAction({
  summary: 'List users',
  route: 'GET /users',
  allow: 'user:read',
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(UserView).meta({ id: 'Users' }) },
  audit: { action: 'R', entity: 'User/list' },
  limit: 'read',
  timeout: 5,
  uses: { userDirectory },

  async handle({ query, userDirectory, saw }) {
    const { items, ...rest } = await userDirectory.list(query.limit, query.cursor)
    saw(items.filter((user): user is typeof user & { patientId: PatientId } => user.patientId !== undefined))
    return { ...rest, items: items.map(userViewOf) }
  },
})
