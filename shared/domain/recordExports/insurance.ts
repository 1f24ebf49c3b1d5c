import type { Claim, Relationship } from '../../schema/claims.ts'
import type { Coverage } from '../../schema/coverages.ts'
import { coding, concept, hl7, idOf, money, personOf, type Resource, reference } from './parts.ts'

/** Code system subscriber-relationship of X12 PAT01. */
const relationships: Partial<Record<Relationship, string>> = { '18': 'self', '01': 'spouse', '19': 'child' }

const subscriberOf = ({ subscriber, patientId }: Pick<Coverage, 'subscriber' | 'patientId'>) => ({
  resourceType: 'RelatedPerson',
  id: 'subscriber',
  patient: reference('Patient', patientId),
  ...personOf(subscriber),
  name: [personOf(subscriber).name],
  identifier: [
    { system: 'urn:haven:member', value: subscriber.memberId },
    ...(subscriber.groupNumber ? [{ system: 'urn:haven:group', value: subscriber.groupNumber }] : []),
  ],
})

const payerOf = ({ payer }: Pick<Coverage, 'payer'>) => ({
  resourceType: 'Organization',
  id: 'payer',
  identifier: [{ system: 'urn:haven:payer', value: payer.payerId }],
  name: payer.name,
})

export const coverage = (held: Coverage): Resource => ({
  resourceType: 'Coverage',
  id: idOf(held.coverageId),
  meta: { lastUpdated: held.updatedAt },
  contained: [subscriberOf(held), payerOf(held)],
  status: 'active',
  subscriber: { reference: '#subscriber' },
  subscriberId: held.subscriber.memberId,
  beneficiary: reference('Patient', held.patientId),
  relationship: concept(hl7('subscriber-relationship'), relationships[held.relationship] ?? 'other'),
  period: { start: held.start, ...(held.end && { end: held.end }) },
  payor: [{ reference: '#payer' }],
  ...(held.subscriber.groupNumber && {
    class: [{ type: concept(hl7('coverage-class'), 'group'), value: held.subscriber.groupNumber }],
  }),
})

/** A claim as it was billed, with the patient and the subscriber as they were on that day. The tax number stays inside. */
export const claim = (billed: Claim): Resource => ({
  resourceType: 'Claim',
  id: idOf(billed.claimId),
  meta: { lastUpdated: billed.updatedAt },
  contained: [
    { resourceType: 'Patient', id: 'patient', ...personOf(billed.patient), name: [personOf(billed.patient).name] },
    subscriberOf(billed),
    payerOf(billed),
  ],
  status: billed.status,
  type: concept(hl7('claim-type'), 'professional'),
  use: 'claim',
  patient: reference('Patient', billed.patientId),
  created: billed.createdAt,
  insurer: { reference: '#payer' },
  provider: reference('Organization', billed.practiceId),
  priority: concept(hl7('processpriority'), 'normal'),
  careTeam: [{ sequence: 1, provider: reference('Practitioner', billed.rendering.practitionerId) }],
  supportingInfo: [
    { sequence: 1, category: { text: 'Patient as billed' }, valueReference: { reference: '#patient' } },
    { sequence: 2, category: { text: 'Subscriber as billed' }, valueReference: { reference: '#subscriber' } },
    { sequence: 3, category: { text: 'Way to the payer' }, code: { text: billed.transmission } },
  ],
  diagnosis: billed.content.diagnoses.map((code, index) => ({
    sequence: index + 1,
    diagnosisCodeableConcept: concept('http://hl7.org/fhir/sid/icd-10-cm', dotted(code)),
  })),
  insurance: [
    {
      sequence: 1,
      focal: true,
      coverage: reference('Coverage', billed.coverageId),
      ...(billed.content.priorAuthorization && { preAuthRef: [billed.content.priorAuthorization] }),
    },
  ],
  item: billed.content.lines.map((line, index) => ({
    sequence: index + 1,
    careTeamSequence: [1],
    diagnosisSequence: line.diagnosisPointers,
    productOrService: concept(procedureSystem(line.procedure), line.procedure),
    ...(line.modifiers.length > 0 && { modifier: line.modifiers.map(text => ({ text })) }),
    servicedDate: line.date,
    locationCodeableConcept: {
      coding: [
        coding(
          'https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set',
          line.placeOfService ?? billed.content.placeOfService,
        ),
      ],
    },
    quantity: { value: line.units },
    net: money(line.charge),
  })),
  total: money(billed.total),
})

/** ICD-10-CM is written with a dot after the third character. */
const dotted = (code: string): string => {
  const plain = code.replace('.', '')
  return plain.length > 3 ? `${plain.slice(0, 3)}.${plain.slice(3)}` : plain
}

/** CPT is digits (a letter may end it); what begins with a letter is HCPCS level II. */
const procedureSystem = (code: string): string =>
  /^\d/.test(code) ? 'http://www.ama-assn.org/go/cpt' : 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets'

/** What each acknowledgement said of a claim. */
export const claimResponses = (billed: Claim): Resource[] =>
  billed.acknowledgements.map((said, index) => ({
    resourceType: 'ClaimResponse',
    id: `${idOf(billed.claimId)}-response-${index + 1}`,
    ...(said.payerClaimNumber && { identifier: [{ system: 'urn:haven:payer-claim', value: said.payerClaimNumber }] }),
    status: 'active',
    type: concept(hl7('claim-type'), 'professional'),
    use: 'claim',
    patient: reference('Patient', billed.patientId),
    created: said.receivedAt,
    insurer: { display: billed.payer.name },
    request: reference('Claim', billed.claimId),
    outcome: said.outcome === 'accepted' ? 'queued' : 'error',
    disposition: `${said.source} ${said.outcome}: ${said.codes.join(', ')}`,
  }))
