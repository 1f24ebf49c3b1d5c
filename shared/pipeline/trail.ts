import { leaseOn } from '../domain/breakGlass.ts'
import type { AuditFacts, AuditVerb } from '../kernel/action.ts'
import type { Actor } from '../kernel/actor.ts'
import { idsAt } from '../kernel/random.ts'
import type { ChangeRecord } from '../kernel/write.ts'
import type { AuditEvent } from '../schema/audit.ts'
import type { Instant } from '../schema/time.ts'

/** What the trail is made from, of a request or of a worker's message. */
export interface Deed {
  name: string
  audit: { action: AuditVerb; entity: string }
  actor: Actor
  facts: AuditFacts
  params: unknown
  address: string
  client: string
  requestId: string
  startedAt: number
}

/** The record of a deed. The entity is the declared one, or that of the first change when the id is only known by then. */
export function recordOf(
  deed: Deed,
  end: { outcome: AuditEvent['outcome']; status?: number; reason?: string; changes?: readonly ChangeRecord[] },
): AuditEvent {
  const { name, audit, actor, facts, params, address, client, requestId, startedAt } = deed
  const recordedAt = new Date().toJSON() as Instant
  const change = end.changes?.[0]
  // What the path names comes before what is known of the caller: both can be a `userId`.
  const names = { ...facts, ...(params as Record<string, string> | undefined) }
  const patientId = facts.patientId ?? names.patientId ?? end.changes?.find(({ patientId }) => patientId)?.patientId
  // Whatever somebody does with a patient whose record they opened in an emergency is said to be done in that emergency.
  const lease = leaseOn(actor, patientId) ?? (facts.breakGlassId ? facts : undefined)
  return {
    auditEventId: idsAt(recordedAt)('aud'),
    practiceId: (actor.type === 'anonymous' ? undefined : actor.practiceId) ?? facts.practiceId ?? 'platform',
    recordedAt,
    actor: describe(actor, facts),
    name,
    verb: audit.action,
    outcome: end.outcome,
    ...(end.status !== undefined && { status: end.status }),
    ...(end.reason && { reason: end.reason }),
    entity: entityOf(audit.entity, names, change),
    ...(patientId && { patientId: patientId as NonNullable<AuditEvent['patientId']> }),
    ...(change && { changed: [...new Set(end.changes?.flatMap(({ changed }) => changed))].slice(0, 60) }),
    ...(change?.version !== undefined && { version: change.version }),
    purposeOfUse: (lease?.purposeOfUse as AuditEvent['purposeOfUse'] | undefined) ?? purpose(actor, name),
    ...(lease && { breakGlassId: lease.breakGlassId as NonNullable<AuditEvent['breakGlassId']> }),
    source: { address, client },
    requestId,
    elapsed: Math.max(0, Date.now() - startedAt),
    schema: 1,
  }
}

function entityOf(template: string, names: Record<string, string | undefined>, change: ChangeRecord | undefined) {
  const [type = '', id = ''] = template.split('/')
  const known = id.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? (change?.entity === type ? change.id : ''))
  return { type, id: known || '-' }
}

function describe(actor: Actor, facts: AuditFacts): AuditEvent['actor'] {
  if (actor.type === 'system') return { type: 'system', id: actor.id }
  if (actor.type === 'client') return { type: 'client', id: actor.id, apiKeyId: actor.id }
  if (actor.type === 'anonymous') return { type: 'anonymous', id: facts.userId ?? facts.apiKeyId ?? 'anonymous' }
  const { userId, role, sessionId, aal, amr, clientId } = actor
  return { type: 'user', id: userId, role, sessionId, aal, amr: [...amr], ...(clientId && { clientId }) }
}

/** HL7 v3 PurposeOfUse, from who acts and on what. */
function purpose(actor: Actor, name: string): AuditEvent['purposeOfUse'] {
  if (actor.type === 'user' && actor.role === 'patient') return 'PATRQT'
  if (/^(claims|coverages)\./.test(name)) return 'HPAYMT'
  const operations =
    /^(accounts|amendments|apikeys|audit|auth|breakglass|consents|disclosures|erasures|exports|federation|holds|limits|maintenance|mfa|notices|oauth|passkeys|passwords|practitioners|retention|sessions|users)\./
  if (operations.test(name)) return 'HOPERAT'
  return 'TREAT'
}
