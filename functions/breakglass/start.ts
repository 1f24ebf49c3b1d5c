import * as z from 'zod'
import { mostLeases, openLeases } from '../../shared/domain/breakGlass.ts'
import { plusMinutes } from '../../shared/domain/scheduling/wallTime.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { rolesWith } from '../../shared/kernel/permissions.ts'
import { breakGlassRegister } from '../../shared/ports/breakGlass.ts'
import { notices } from '../../shared/ports/notices.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { ownUser, roleHolders } from '../../shared/ports/users.ts'
import { BreakGlass, EmergencyReason } from '../../shared/schema/breakGlass.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { text } from '../../shared/schema/people.ts'

/** Mails that one transaction carries beside its other writes. */
const mostCalled = 50

/**
 * Opens one restricted record to the caller, for an hour at most (45 CFR 164.312(a)(2)(ii)). Those who watch over it are told in
 * the same transaction: there is no emergency access of which nobody knows. To go on after its end takes a new one.
 */
export default defineAction({
  summary: 'Break the glass',
  route: 'POST /break-glass',
  allow: 'break-glass:start',
  body: z.strictObject({
    patientId: PatientId,
    purposeOfUse: EmergencyReason,
    explanation: text(500),
    minutes: z.int().min(1).max(60).default(30),
  }),
  reply: { status: 201, schema: BreakGlass },
  problems: ['patient-not-found', 'too-many-leases'],
  audit: { action: 'E', entity: 'BreakGlass/{breakGlassId}' },
  limit: 'write',
  timeout: 10,
  metric: 'GlassBroken',
  stepUp: true,
  uses: { breakGlassRegister, notices, ownUser, patientCheck, roleHolders },

  async handle({ body, session, breakGlassRegister, notices, ownUser, patientCheck, roleHolders, ...tools }) {
    const { now, newId, about, commit, fail } = tools
    const { patientId, purposeOfUse, explanation, minutes } = body
    const breakGlassId = newId('bgl')
    about({ patientId, breakGlassId, purposeOfUse })
    const { user } = session.current()
    const open = openLeases(user.leases, now).filter(lease => lease.patientId !== patientId)
    if (open.length >= mostLeases) return fail('too-many-leases')

    const watchers = await Promise.all(rolesWith('break-glass:read').map(role => roleHolders.inRole(role)))
    const expiresAt = plusMinutes(now, minutes)
    const { userId } = user
    const what = { breakGlassId, userId, patientId, purposeOfUse, explanation, expiresAt }
    const { started, write } = breakGlassRegister.start(what)
    await commit(
      write,
      ownUser.withLeases(user, [...open, { breakGlassId, patientId, purposeOfUse, expiresAt }]),
      patientCheck.mustBeKnown(patientId),
      ...watchers
        .flat()
        .filter(({ status }) => status === 'active')
        .slice(0, mostCalled)
        .map(watcher => notices.call(newId('ntc'), watcher, 'break-glass-started', breakGlassId)),
    )
    return started
  },
})
