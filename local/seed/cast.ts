import type { BillingProvider, Payer, Relationship, Subscriber } from '../../shared/schema/claims.ts'
import type { Role } from '../../shared/schema/identity.ts'
import type { PatientDetails } from '../../shared/schema/patients.ts'

/** Nobody here exists. Numbers have the right form and check digits; telephone numbers are of the range for fiction. */
const address = { line1: '1200 Harbor Way', city: 'Portland', state: 'OR', postalCode: '972091234' }

export const billing: BillingProvider = {
  name: 'Harbor Counseling LLC',
  npi: '1234567893',
  taxId: '931234567',
  taxIdKind: 'EI',
  taxonomy: '251S00000X',
  address,
  contactName: 'Billing Office',
  phone: '5035550100',
}

export const payers: Payer[] = [
  { payerId: 'CASCADE1', name: 'Cascade Health Plan', filing: 'CI', timelyFilingDays: 180, videoModifier: '95' },
  { payerId: 'RIVERB2', name: 'Riverbend Benefits', filing: 'HM', timelyFilingDays: 90, videoModifier: 'GT' },
]

export const people = {
  practitioners: [
    { name: { family: 'Okafor', given: 'Amara' }, npi: '1992765432', taxonomy: '103T00000X' },
    { name: { family: 'Lindqvist', given: 'Jonas' }, npi: '1841209343', taxonomy: '1041C0700X' },
  ],
}

/** Who signs in, by role; patients are called what their records say. */
export const staff: Partial<Record<Role, string>> = {
  practitioner: 'Amara Okafor',
  supervisor: 'Henrike Aldous',
  biller: 'Rowan Pettersen',
  'front-desk': 'Mireille Castor',
  admin: 'Tobias Venn',
  auditor: 'Ilse Marchetti',
}

export const patientsOf: PatientDetails[] = [
  {
    name: { family: 'Ferreira', given: 'Inês' },
    birthDate: '1988-04-12',
    gender: 'F',
    address: { line1: '48 Alder Street', city: 'Portland', state: 'OR', postalCode: '97205' },
    phone: '5035550141',
    email: 'ines@patients.example',
  },
  {
    name: { family: 'Novak', given: 'Theo' },
    birthDate: '2012-09-30',
    gender: 'M',
    address: { line1: '7 Cedar Court', city: 'Beaverton', state: 'OR', postalCode: '97005' },
  },
  {
    name: { family: 'Castellanos', given: 'Ruth', middle: 'M' },
    birthDate: '1959-01-23',
    gender: 'F',
    address: { line1: '310 Division Street', city: 'Portland', state: 'OR', postalCode: '97202' },
    phone: '5035550177',
  },
]

/** The second patient is a child on a parent's policy; the others are their own subscribers. */
export function subscriberOf(index: number): { relationship: Relationship; subscriber: Subscriber } {
  const patient = patientsOf[index] as PatientDetails
  const own = { name: patient.name, birthDate: patient.birthDate, gender: patient.gender, address: patient.address }
  const parent = {
    ...own,
    name: { family: patient.name.family, given: 'Marta' },
    birthDate: '1984-06-02',
    gender: 'F',
  } as const
  return index === 1
    ? { relationship: '19', subscriber: { memberId: 'RB44120987', ...parent } }
    : { relationship: '18', subscriber: { memberId: `CH0012${index}456`, groupNumber: 'GRP-7741', ...own } }
}
