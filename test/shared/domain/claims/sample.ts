import type { Envelope } from '../../../../shared/domain/x12/professional.ts'
import { Claim, type ClaimContent } from '../../../../shared/schema/claims.ts'

/** The day on which the samples are scrubbed. */
export const today = '2026-11-22'

/** A claim that no rule complains about: a 53-minute session at the office, the subscriber being the patient. */
export function selfClaim(): Claim {
  const address = { line1: '12 Alder St', city: 'Portland', state: 'OR', postalCode: '97205' }
  return Claim.parse({
    claimId: 'clm_01K9XA7Q2M3N4P5R6S7T',
    practiceId: 'prc_01K9XA7Q2M3N4P5R6S7T',
    patientId: 'pat_01K9XA7Q2M3N4P5R6S7T',
    appointmentId: 'apt_01K9XA7Q2M3N4P5R6S7T',
    coverageId: 'cov_01K9XA7Q2M3N4P5R6S7T',
    status: 'draft',
    frequency: '1',
    billing: {
      name: 'Alder Counseling, LLC',
      npi: '1234567893',
      taxId: '931234567',
      taxIdKind: 'EI',
      taxonomy: '101YM0800X',
      address: { line1: '400 Main St', line2: 'Suite 2', city: 'Portland', state: 'OR', postalCode: '972051234' },
      contactName: 'Rosa Diaz',
      phone: '5035550100',
    },
    rendering: {
      practitionerId: 'prn_01K9XA7Q2M3N4P5R6S7T',
      name: { family: 'Muñoz', given: 'Inés' },
      npi: '1245319599',
      taxonomy: '103T00000X',
    },
    payer: { payerId: '60054', name: 'Cascade Health', filing: 'CI', timelyFilingDays: 180, videoModifier: '95' },
    subscriber: {
      memberId: 'W123456789',
      groupNumber: 'GRP77',
      name: { family: 'Ekström', given: 'Åsa', middle: 'B' },
      birthDate: '1984-02-29',
      gender: 'F',
      address,
    },
    relationship: '18',
    patient: {
      name: { family: 'Ekström', given: 'Åsa', middle: 'B' },
      birthDate: '1984-02-29',
      gender: 'F',
      address,
    },
    coverageStart: '2026-01-01',
    content: {
      placeOfService: '11',
      diagnoses: ['F41.1', 'F33.1'],
      lines: [
        { date: '2026-11-20', procedure: '90837', charge: 17_550, units: 1, minutes: 55, diagnosisPointers: [1, 2] },
      ],
      signatureOnFile: true,
      assignsBenefits: 'Y',
      releaseOfInformation: 'Y',
      acceptsAssignment: 'A',
    },
    total: 17_550,
    transmission: 'none',
    acknowledgements: [],
    createdAt: '2026-11-20T18:00:00.000Z',
    updatedAt: '2026-11-20T18:00:00.000Z',
    version: 1,
  })
}

/** The same session given to the subscriber's child. */
export function dependentClaim(): Claim {
  const claim = selfClaim()
  return {
    ...claim,
    relationship: '19',
    patient: {
      name: { family: 'Ekström', given: 'Liv' },
      birthDate: '2014-06-01',
      gender: 'F',
      address: claim.patient.address,
    },
  }
}

/** The claim with other content, its total following its lines. */
export function withContent(claim: Claim, content: Partial<ClaimContent>): Claim {
  const changed = { ...claim.content, ...content }
  return { ...claim, content: changed, total: changed.lines.reduce((sum, { charge }) => sum + charge, 0) }
}

/** A sample claim with these lines, each a change to the sample's own line. */
export function withLines(...lines: Partial<Claim['content']['lines'][number]>[]): Claim {
  const claim = selfClaim()
  const [line] = claim.content.lines
  return withContent(claim, { lines: lines.map(change => ({ ...line!, ...change })) })
}

export function envelope(changes: Partial<Envelope> = {}): Envelope {
  return {
    submitterId: 'ALDER01',
    submitterName: 'Alder Billing',
    contactName: 'Sam Poe',
    phone: '5035550199',
    receiverId: 'CLEARHOUSE',
    receiverName: 'Clearing House',
    usage: 'T',
    interchangeNumber: 123,
    at: '2026-11-22T09:05:00.000Z',
    ...changes,
  }
}
