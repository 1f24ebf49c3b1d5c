import type { AccessEntry, AuditEvent } from '../../schema/audit.ts'

/** Who an actor is, as far as it is still known. */
export type Name = { name: string } | undefined

/** Of whom a report is, in the words of whoever reads it. */
export type Reader = 'patient' | 'staff'

/**
 * One line of "who viewed my record" (45 CFR 164.312(b), and what a patient asks for): who, in which role, when, and what they did,
 * in words that need no knowledge of this system.
 */
export function accessEntry(
  { recordedAt, actor, name, verb, outcome, entity }: AuditEvent,
  known: Name,
  reader: Reader,
) {
  const role = actor.type === 'client' ? 'computer program' : roles[actor.role ?? '']
  const who = known?.name ?? (actor.type === 'client' ? 'A program of your practice' : 'A member of the practice')
  const whose = reader === 'patient' ? 'your' : "the patient's"
  const subject = `${whose} ${subjects[entity.type] ?? 'record'}`
  const did = special[name] ?? `${verbs[verb]} ${subject}`
  const text = {
    success: `${did.replace('{whose}', whose)}`,
    denied: `tried to reach ${subject}, and was refused`,
    failed: `tried to reach ${subject}, and it did not work`,
  }[outcome]
  return {
    at: recordedAt,
    who,
    ...(role && { role }),
    kind: kinds[verb],
    outcome,
    what: `${text.charAt(0).toUpperCase()}${text.slice(1)}`,
  } satisfies AccessEntry
}

const roles: Record<string, string | undefined> = {
  practitioner: 'clinician',
  supervisor: 'clinical supervisor',
  biller: 'billing staff',
  'front-desk': 'front desk',
  admin: 'administrator of the practice',
  auditor: 'privacy and audit staff',
}

const kinds = { R: 'view', C: 'add', U: 'change', D: 'remove', E: 'use' } as const
const verbs = { R: 'looked at', C: 'added to', U: 'changed', D: 'removed something from', E: 'worked with' } as const

/** What a record is called where people are, by its FHIR type. */
const subjects: Record<string, string | undefined> = {
  Patient: 'personal details',
  Appointment: 'appointments',
  Claim: 'insurance claims',
  Coverage: 'insurance',
  TelehealthSession: 'video visit',
  AuditEvent: 'list of who saw the record',
  User: 'account',
  Amendment: 'request for an amendment',
  BreakGlass: 'emergency access',
  Consent: 'consents',
  Disclosure: 'list of disclosures',
  SubstanceUseNote: 'substance-use notes',
  Invitation: 'invitation to the portal',
  RecordExport: 'copies of the record',
}

/** Where verb and subject alone would not say it. */
const special: Record<string, string | undefined> = {
  'appointments.cancel': 'cancelled one of {whose} appointments',
  'appointments.complete': 'marked one of {whose} appointments as held',
  'claims.submit': 'sent a claim to {whose} insurance',
  'telehealth.join': 'joined {whose} video visit',
}
