import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { breakGlassRecord } from '../../shared/ports/breakGlass.ts'
import { members } from '../../shared/ports/users.ts'
import { BreakGlass } from '../../shared/schema/breakGlass.ts'
import { BreakGlassId } from '../../shared/schema/ids.ts'

/** Gives an emergency access of one's own back before its time. It waits for its review all the same. */
export default defineAction({
  summary: 'End an emergency access',
  route: 'POST /break-glass/{breakGlassId}/end',
  allow: 'break-glass:start',
  params: z.strictObject({ breakGlassId: BreakGlassId }),
  reply: { status: 200, schema: BreakGlass },
  problems: ['break-glass-not-found', 'break-glass-over'],
  audit: { action: 'U', entity: 'BreakGlass/{breakGlassId}' },
  limit: 'write',
  timeout: 5,
  uses: { breakGlassRecord, members },

  async handle({ params: { breakGlassId }, actor, breakGlassRecord, members, now, about, commit, fail }) {
    if (!actor.userId) return fail('break-glass-not-found')
    const [open, user] = await Promise.all([
      breakGlassRecord.find(actor.userId, breakGlassId),
      members.find(actor.userId),
    ])
    if (!open || !user) return fail('break-glass-not-found')
    about({ patientId: open.patientId })
    if (open.endedAt || open.expiresAt <= now) return fail('break-glass-over')
    const left = (user.leases ?? []).filter(lease => lease.breakGlassId !== breakGlassId)
    await commit(breakGlassRecord.end(open), members.withLeases(user, left))
    return { ...open, endedAt: now, version: open.version + 1 }
  },
})
