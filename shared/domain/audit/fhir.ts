import type { AuditEvent } from '../../schema/audit.ts'

/** A code of a code system. */
const coding = (system: string, code: string, display?: string) => ({ system, code, ...(display && { display }) })

const dicom = 'http://dicom.nema.org/resources/ontology/DCM'
const terminology = 'http://terminology.hl7.org/CodeSystem'

/** FHIR R4 §2.24.0.1: letters, digits, dashes and dots. Ours have one underscore. */
export const fhirId = (id: string): string => id.replaceAll('_', '-').slice(0, 64)

/** Resource types of FHIR R4 among our entities: only these can be referred to as such. */
const resourceTypes = new Set([
  'Appointment',
  'Claim',
  'Communication',
  'Coverage',
  'Organization',
  'Patient',
  'Practitioner',
])

const interactions = { C: 'create', R: 'read', U: 'update', D: 'delete', E: 'operation' } as const

/** HL7 v3 ActReason. */
const reasons: Record<AuditEvent['purposeOfUse'] | 'ETREAT' | 'BTG', string> = {
  TREAT: 'treatment',
  HPAYMT: 'healthcare payment',
  HOPERAT: 'healthcare operations',
  PATRQT: 'patient requested',
  ETREAT: 'Emergency Treatment',
  BTG: 'break the glass',
}

/**
 * A record of the trail as a FHIR R4 AuditEvent (http://hl7.org/fhir/R4/auditevent.html). It says who by id, what by reference and
 * which fields by name: no more than the record does, which holds nothing of a patient but their id.
 */
export function fhirAuditEvent(event: AuditEvent) {
  const { auditEventId, practiceId, recordedAt, name, verb, outcome, reason, purposeOfUse, patientId, entity } = event
  return {
    resourceType: 'AuditEvent' as const,
    id: fhirId(auditEventId),
    type: typeOf(event),
    subtype: [coding('http://hl7.org/fhir/restful-interaction', interactions[verb]), coding('urn:haven:action', name)],
    action: verb,
    recorded: recordedAt,
    outcome: outcomeOf(event),
    ...(outcome !== 'success' && reason && { outcomeDesc: reason }),
    purposeOfEvent: [{ coding: [coding(`${terminology}/v3-ActReason`, purposeOfUse, reasons[purposeOfUse])] }],
    agent: agentsOf(event),
    source: {
      site: practiceId,
      observer: { identifier: { system: 'urn:haven:practice', value: practiceId }, display: 'Haven' },
      type: [coding(`${terminology}/security-source-type`, '4', 'Application Server')],
    },
    entity: [
      ...(patientId && !(entity.type === 'Patient' && entity.id === patientId)
        ? [entityOf('Patient', patientId, [])]
        : []),
      entityOf(entity.type, entity.id, detailsOf(event)),
    ],
  }
}

/** DICOM's codes where they fit (value set audit-event-type); an action of the API otherwise. */
function typeOf({ name, patientId }: AuditEvent) {
  if (/^(auth|mfa|passkeys|federation|oauth|sessions|passwords)\./.test(name))
    return coding(dicom, '110114', 'User Authentication')
  if (name.startsWith('exports.')) return coding(dicom, '110106', 'Export')
  if (name.startsWith('audit.')) return coding(dicom, '110101', 'Audit Log Used')
  if (patientId) return coding(dicom, '110110', 'Patient Record')
  return coding(`${terminology}/audit-event-type`, 'rest', 'RESTful Operation')
}

/** Value set audit-event-outcome: what was refused is minor, what broke is serious, and what nobody foresaw is major. */
function outcomeOf({ outcome, reason }: AuditEvent): '0' | '4' | '8' | '12' {
  if (outcome === 'success') return '0'
  if (outcome === 'denied') return '4'
  return reason === 'internal-error' ? '12' : '8'
}

/** Whoever asked, and the app through which a person did. */
function agentsOf({ actor, source }: AuditEvent) {
  const { type, id, role, clientId, apiKeyId } = actor
  const who = {
    user: { type: role === 'patient' ? 'Patient' : 'Practitioner', system: 'urn:haven:user' },
    client: { type: 'Device', system: 'urn:haven:api-key' },
    system: { type: 'Device', system: 'urn:haven:worker' },
    anonymous: { type: 'Person', system: 'urn:haven:user' },
  }[type]
  const requestor = {
    type: {
      coding: [coding(`${terminology}/extra-security-role-type`, type === 'user' ? 'humanuser' : 'dataprocessor')],
    },
    ...(role && { role: [{ coding: [coding('urn:haven:role', role)] }] }),
    who: { type: who.type, identifier: { system: who.system, value: apiKeyId ?? id } },
    requestor: true,
    // Value set network-type: 2 is an IP address.
    ...(source.address !== '-' && { network: { address: source.address, type: '2' } }),
  }
  if (!clientId) return [requestor]
  const app = { who: { type: 'Device', identifier: { system: 'urn:haven:app', value: clientId } }, requestor: false }
  return [requestor, app]
}

/** Value sets audit-entity-type (1 a person, 2 an object) and object-role (1 patient, 4 a resource). */
function entityOf(type: string, id: string, detail: { type: string; valueString: string }[]) {
  const isPatient = type === 'Patient' && id.startsWith('pat_')
  const isResource = resourceTypes.has(type) && /^[a-z]{3}_/.test(id)
  return {
    what: isResource
      ? { reference: `${type}/${fhirId(id)}` }
      : { identifier: { system: `urn:haven:${type}`, value: id } },
    type: coding(`${terminology}/audit-entity-type`, isPatient ? '1' : '2', isPatient ? 'Person' : 'System Object'),
    role: coding(`${terminology}/object-role`, isPatient ? '1' : '4', isPatient ? 'Patient' : 'Domain Resource'),
    ...(detail.length > 0 && { detail }),
  }
}

function detailsOf({ requestId, status, changed = [], version }: AuditEvent) {
  const said = (type: string, value: string | number | undefined) =>
    value === undefined ? [] : [{ type, valueString: String(value) }]
  return [
    ...said('request', requestId),
    ...said('status', status),
    ...said('version', version),
    ...changed.map(field => ({ type: 'changed', valueString: field })),
  ]
}
