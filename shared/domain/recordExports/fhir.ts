import type { Amendment } from '../../schema/amendments.ts'
import type { Appointment } from '../../schema/appointments.ts'
import type { AuditEvent } from '../../schema/audit.ts'
import type { Consent, ConsentText } from '../../schema/consents.ts'
import type { Disclosure } from '../../schema/disclosures.ts'
import type { SubstanceUseNote } from '../../schema/notes.ts'
import type { Patient, PatientVersion } from '../../schema/patients.ts'
import type { Practice } from '../../schema/practices.ts'
import type { Practitioner } from '../../schema/practitioners.ts'
import type { Audience } from '../../schema/recordExports.ts'
import type { TelehealthSession } from '../../schema/telehealth.ts'
import { accessEntry, type Name } from '../audit/accessReport.ts'
import { base64, coding, concept, hl7, idOf, personOf, type Resource, reference, telephone } from './parts.ts'

export const organization = ({ practiceId, name, billing }: Practice): Resource => ({
  resourceType: 'Organization',
  id: idOf(practiceId),
  identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: billing.npi }],
  name,
  telecom: [telephone(billing.phone)],
})

/** A practitioner whom the record names; of one who is gone by now, the id alone. */
export const practitioner = (practitionerId: string, known: Practitioner | undefined): Resource => ({
  resourceType: 'Practitioner',
  id: idOf(practitionerId),
  ...(known && {
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: known.npi }],
    name: [personOf(known).name],
  }),
})

const confidentiality = { normal: 'N', restricted: 'R', 'very-restricted': 'V' } as const

export const patient = (record: Patient): Resource => ({
  resourceType: 'Patient',
  id: idOf(record.patientId),
  meta: {
    versionId: String(record.version),
    lastUpdated: record.updatedAt,
    security: [coding(hl7('v3-Confidentiality'), confidentiality[record.confidentiality])],
    ...(record.withheldFromPayers && { tag: [coding('urn:haven:payers', 'withheld')] }),
  },
  identifier: [{ system: 'urn:haven:patient', value: record.patientId }],
  ...detailsOf(record),
  managingOrganization: reference('Organization', record.practiceId),
  ...(record.careTeam?.length && { generalPractitioner: record.careTeam.map(id => reference('Practitioner', id)) }),
})

const detailsOf = ({ name, gender, birthDate, address, phone, email }: Patient) => {
  const { name: called, ...person } = personOf({ name, gender, birthDate, address })
  return {
    name: [called],
    ...person,
    ...((phone || email) && {
      telecom: [...(phone ? [telephone(phone)] : []), ...(email ? [{ system: 'email', value: email }] : [])],
    }),
  }
}

/** The record as it was until a correction, with who made it, when and why. */
export const correction = (before: PatientVersion): Resource => ({
  resourceType: 'Provenance',
  id: `${idOf(before.patientId)}-v${before.version}`,
  contained: [{ resourceType: 'Patient', id: 'before', ...detailsOf(before) }],
  target: [reference('Patient', before.patientId)],
  recorded: before.replacedAt,
  reason: [{ text: before.reason }],
  activity: concept(hl7('v3-DataOperation'), 'UPDATE'),
  agent: [{ who: { identifier: { system: 'urn:haven:user', value: before.replacedBy } } }],
  entity: [{ role: 'revision', what: { reference: '#before', display: `Changed: ${before.changed.join(', ')}` } }],
})

export const appointment = (visit: Appointment): Resource => ({
  resourceType: 'Appointment',
  id: idOf(visit.appointmentId),
  status: visit.status,
  serviceType: [{ text: visit.modality }],
  description: `By the practitioner's clock: ${visit.start}, ${visit.zone}`,
  start: visit.startsAt,
  end: visit.endsAt,
  minutesDuration: visit.minutes,
  created: visit.createdAt,
  participant: [
    { actor: reference('Patient', visit.patientId), status: 'accepted' },
    { actor: reference('Practitioner', visit.practitionerId), status: 'accepted' },
  ],
})

/** A visit that was held, or whose video session has begun. Nothing of one that was merely booked. */
export function encounter(visit: Appointment, session: TelehealthSession | undefined): Resource | undefined {
  if (visit.status !== 'fulfilled' && (session?.status ?? 'scheduled') === 'scheduled') return undefined
  return {
    resourceType: 'Encounter',
    id: `${idOf(visit.appointmentId)}-encounter`,
    ...(session && { identifier: [{ system: 'urn:haven:telehealth', value: session.telehealthId }] }),
    status: visit.status === 'fulfilled' || session?.status === 'ended' ? 'finished' : 'in-progress',
    class: coding(hl7('v3-ActCode'), visit.modality === 'telehealth' ? 'VR' : 'AMB'),
    subject: reference('Patient', visit.patientId),
    participant: [{ individual: reference('Practitioner', visit.practitionerId) }],
    appointment: [reference('Appointment', visit.appointmentId)],
    period: { start: session?.startsAt ?? visit.startsAt, end: session?.endedAt ?? visit.endsAt },
  }
}

/** A word on a purpose, as it was said: each version is one. */
export const consent = (said: Consent): Resource => ({
  resourceType: 'Consent',
  id: `${idOf(said.consentId)}-v${said.version}`,
  status: said.status,
  scope: concept(hl7('consentscope'), said.purpose === 'treatment' ? 'treatment' : 'patient-privacy'),
  category: [concept('http://loinc.org', '59284-0'), { text: said.purpose }],
  patient: reference('Patient', said.patientId),
  dateTime: said.withdrawnAt ?? said.grantedAt,
  sourceReference: { reference: `DocumentReference/${textId(said.purpose, said.textVersion)}` },
  policyRule: concept(hl7('v3-ActCode'), said.status === 'active' ? 'OPTIN' : 'OPTOUT'),
  ...(said.part2 && {
    provision: {
      type: 'permit',
      ...(said.part2.expiresAt && { period: { end: said.part2.expiresAt } }),
      actor: said.part2.recipients.map(name => ({
        role: concept(hl7('v3-ParticipationType'), 'IRCP'),
        reference: { display: name },
      })),
      purpose: [{ system: 'urn:haven:purpose', code: 'part2-disclosure', display: said.part2.purpose }],
      code: [
        { text: said.part2.information },
        { text: `Signed by: ${said.part2.signedBy}` },
        ...(said.part2.expiresWith ? [{ text: `Ends with: ${said.part2.expiresWith}` }] : []),
      ],
    },
  }),
})

const textId = (purpose: string, version: number) => `consent-text-${purpose}-${version}`

/** The words that were consented to, in each language. */
export const consentText = ({ purpose, version, translations, publishedAt }: ConsentText): Resource => ({
  resourceType: 'DocumentReference',
  id: textId(purpose, version),
  status: 'current',
  description: `Text of the consent to ${purpose}, version ${version}`,
  ...(publishedAt && { date: publishedAt }),
  content: translations.map(({ language, title, paragraphs }) => ({
    attachment: {
      contentType: 'text/plain;charset=utf-8',
      language,
      title,
      data: base64([title, ...paragraphs].join('\n\n')),
    },
  })),
})

export const amendment = (asked: Amendment): Resource => ({
  resourceType: 'Task',
  id: idOf(asked.amendmentId),
  status: { requested: 'requested', accepted: 'completed', denied: 'rejected' }[asked.status],
  ...(asked.decision?.basis && { statusReason: { text: asked.decision.basis } }),
  intent: 'proposal',
  code: { text: 'Request for an amendment (45 CFR 164.526)' },
  description: asked.request,
  for: reference('Patient', asked.patientId),
  authoredOn: asked.requestedAt,
  ...(asked.decision && { lastModified: asked.decision.decidedAt }),
  requester: { identifier: { system: 'urn:haven:user', value: asked.requestedBy } },
  restriction: { period: { end: asked.dueAt } },
  ...(asked.decision && { note: [{ time: asked.decision.decidedAt, text: asked.decision.note }] }),
})

export const disclosure = (told: Disclosure): Resource => ({
  resourceType: 'Communication',
  id: idOf(told.disclosureId),
  meta: { lastUpdated: told.recordedAt },
  contained: [
    {
      resourceType: 'Organization',
      id: 'recipient',
      name: told.recipient.name,
      ...(told.recipient.address && { address: [{ text: told.recipient.address }] }),
    },
  ],
  status: 'completed',
  category: [{ text: told.accountable ? 'accountable disclosure' : 'other disclosure' }, { text: told.legalBasis }],
  subject: reference('Patient', told.patientId),
  sent: told.disclosedAt,
  recipient: [{ reference: '#recipient' }],
  reasonCode: [{ text: told.purpose }],
  payload: [{ contentString: told.what }],
})

export const substanceUseNote = (note: SubstanceUseNote): Resource => ({
  resourceType: 'DocumentReference',
  id: idOf(note.noteId),
  meta: { security: [coding(hl7('v3-ActCode'), '42CFRPart2'), coding(hl7('v3-Confidentiality'), 'R')] },
  status: 'current',
  type: { text: 'Substance-use note' },
  subject: reference('Patient', note.patientId),
  date: note.writtenAt,
  author: [reference('Practitioner', note.authorId)],
  content: [{ attachment: { contentType: 'text/plain;charset=utf-8', data: base64(note.paragraphs.join('\n\n')) } }],
})

/** Who of the practice had to do with the record, as the patient is told of it: whom, when and what kind of thing. */
export function access(event: AuditEvent, known: Name, patientId: string): Resource {
  const { who, role, what, at } = accessEntry(event, known, 'patient')
  return {
    resourceType: 'AuditEvent',
    id: idOf(event.auditEventId),
    type: coding('http://dicom.nema.org/resources/ontology/DCM', '110110', 'Patient Record'),
    action: event.verb,
    recorded: at,
    outcome: { success: '0', denied: '4', failed: '8' }[event.outcome],
    outcomeDesc: what,
    agent: [{ name: who, ...(role && { role: [{ text: role }] }), requestor: true }],
    source: { observer: { display: 'Haven' } },
    entity: [
      {
        what: reference('Patient', patientId),
        type: coding(hl7('audit-entity-type'), '1', 'Person'),
        role: coding(hl7('object-role'), '1', 'Patient'),
      },
    ],
  }
}

/**
 * Whether an event belongs into a copy. Of psychotherapy notes not even their being there is told (45 CFR 164.524(a)(1)(i)), and
 * of substance-use notes to the patient alone: nothing that was done with them is in another's copy.
 */
export const isTold = ({ name }: Pick<AuditEvent, 'name'>, audience: Audience): boolean =>
  !name.startsWith('psychotherapy.') && (audience === 'patient' || !name.startsWith('substanceuse.'))
