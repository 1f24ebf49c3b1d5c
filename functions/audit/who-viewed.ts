import * as z from 'zod'
import { accessEntry } from '../../shared/domain/audit/accessReport.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { agents } from '../../shared/ports/agents.ts'
import { staffTrail } from '../../shared/ports/auditTrail.ts'
import { patientsById } from '../../shared/ports/patients.ts'
import { AccessEntry } from '../../shared/schema/audit.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/**
 * Who of the practice had to do with a patient's record, newest first: people by name and role, and what they did, in plain words. For
 * the patient, and for whoever reads the trail.
 */
export default defineAction({
  summary: "List who viewed a patient's record",
  route: 'GET /patients/{patientId}/access-report',
  allow: 'audit:read-own',
  params: z.strictObject({ patientId: PatientId }),
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(AccessEntry) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'AuditEvent/who-viewed' },
  limit: 'read',
  timeout: 10,
  uses: { agents, patientsById, staffTrail },

  async handle({ params: { patientId }, query, actor, agents, patientsById, staffTrail, record, fail }) {
    const reader = actor.role === 'patient' ? 'patient' : 'staff'
    if (reader === 'patient' && actor.patientId !== patientId) return fail('patient-not-found')
    const [patient, { items, next }] = await Promise.all([
      patientsById.any(patientId),
      staffTrail.byStaff(patientId, query),
    ])
    if (!patient) return fail('patient-not-found')
    const [names] = await Promise.all([agents.named(items.map(event => event.actor.id)), record()])
    return {
      items: items.map(event => accessEntry(event, names.get(event.actor.id), reader)),
      ...(next && { next }),
    }
  },
})
