import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { auditTrail } from '../../shared/ports/auditTrail.ts'
import { AuditEvent } from '../../shared/schema/audit.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'
import { LocalDate } from '../../shared/schema/time.ts'

/** Days that one list may look through. */
const mostDays = 31
const dayMs = 86_400_000

const Query = z
  .strictObject({
    patientId: PatientId.optional(),
    /** A user's id, or a worker's such as `claims.transmit`; with `month`. */
    actorId: z
      .string()
      .regex(/^[\w.-]{1,60}$/, 'must be the id of a user or of a worker')
      .optional(),
    month: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11')
      .optional(),
    /** `Claim/clm_…`. */
    entity: z
      .string()
      .regex(/^[A-Z][A-Za-z]{1,40}\/[\w.-]{1,60}$/, 'must be a type and an id such as Claim/clm_…')
      .regex(/\/.*[^a-z-]/, 'must name one record; of lists ask by action')
      .optional(),
    /** A day of UTC; or a period, with `to`, both included. */
    day: LocalDate.optional(),
    from: LocalDate.optional(),
    to: LocalDate.optional(),
    /** An action or a worker, `claims.submit`; with `day` or a period. */
    action: z
      .string()
      .regex(/^[a-z][a-z-]*\.[a-z][a-z-]*$/, 'must be the name of an action such as claims.submit')
      .optional(),
    /** What was refused, or went wrong; with `day` or a period. */
    outcome: z.enum(['denied', 'failed']).optional(),
    ...paging,
  })
  .refine(
    ({ patientId, actorId, entity, day, from, to }) =>
      [patientId, actorId, entity, day ?? from ?? to].filter(Boolean).length === 1 && !(day && (from ?? to)),
    { error: 'give one of patientId, actorId, entity, and day or from and to', path: ['patientId'] },
  )
  .refine(({ actorId, month }) => !actorId === !month, { error: 'goes with actorId', path: ['month'] })
  .refine(({ action, outcome, day, from }) => !(action || outcome) || day || from, {
    error: 'goes with a day or a period',
    path: ['day'],
  })
  .refine(({ action, outcome }) => !(action && outcome), { error: 'give action or outcome', path: ['outcome'] })
  .refine(({ from, to }) => !from === !to, { error: 'goes with from', path: ['to'] })
  .refine(({ from = '', to = '' }) => from <= to, { error: 'must not be before from', path: ['to'] })
  .refine(({ from = '', to = '' }) => !from || !to || Date.parse(to) - Date.parse(from) < mostDays * dayMs, {
    error: `must be within ${mostDays} days`,
    path: ['to'],
  })

const Entry = AuditEvent.partial({ source: true }).meta({ id: 'AuditEntry' })

/** Reads the audit trail, newest first. A patient sees who saw or changed their own record, without addresses. */
export default defineAction({
  summary: 'Read the audit trail',
  route: 'GET /audit-events',
  allow: 'audit:read-own',
  query: Query,
  reply: { status: 200, schema: page(Entry) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'AuditEvent/list' },
  limit: 'read',
  timeout: 10,
  uses: { auditTrail },

  async handle({ query, actor, auditTrail, about, fail }) {
    const { patientId, actorId, month = '', entity, action, outcome, limit, cursor } = query
    const list = { limit, cursor }
    about({ patientId })
    if (actor.role === 'patient') {
      if (!patientId || patientId !== actor.patientId) return fail('patient-not-found')
      const { items, next } = await auditTrail.byPatient(patientId, list)
      return { items: items.map(forPatient), ...(next && { next }) }
    }
    if (patientId) return auditTrail.byPatient(patientId, list, 'staff')
    if (actorId) return auditTrail.byActor(actorId, month, list)
    if (entity) {
      const [type = '', id = ''] = entity.split('/')
      return auditTrail.byEntity(type, id, list)
    }
    const days = { from: query.day ?? query.from ?? '', to: query.day ?? query.to ?? '' }
    if (action) return auditTrail.byAction(action, days, list)
    if (outcome) return auditTrail.byOutcome(outcome, days, list)
    return auditTrail.byDay(days, list)
  },
})

/** Who, what and when: not from which address or in which session. */
function forPatient({ source: _source, actor, ...event }: AuditEvent) {
  const { type, id, role } = actor
  return { ...event, actor: { type, id, role } }
}
