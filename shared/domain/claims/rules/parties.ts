import { Npi, type PostalAddress } from '../../../schema/people.ts'
import type { Rule } from './rule.ts'

/** Who bills, who treats, whose policy it is, and what the patient signed. */
export const partyRules: readonly Rule[] = [
  {
    id: 'npi',
    snip: 5,
    severity: 'error',
    check: ({ billing, rendering }) =>
      Object.entries({ 'billing.npi': billing.npi, 'rendering.npi': rendering.npi })
        .filter(([, npi]) => !Npi.safeParse(npi).success)
        .map(([path]) => ({ path, message: 'must be an NPI with a right check digit' })),
  },
  {
    id: 'billing-postal-code',
    snip: 4,
    severity: 'error',
    check: ({ billing }) =>
      billing.address.postalCode.length === 9
        ? []
        : [{ path: 'billing.address.postalCode', message: 'must have all 9 digits' }],
  },
  {
    id: 'billing-street-address',
    snip: 4,
    severity: 'error',
    check: ({ billing }) =>
      (['line1', 'line2'] satisfies (keyof PostalAddress)[])
        .filter(line => postOfficeBox.test(billing.address[line] ?? ''))
        .map(line => ({ path: `billing.address.${line}`, message: 'must be a street address, not a PO box' })),
  },
  {
    id: 'subscriber-is-patient',
    snip: 4,
    severity: 'warning',
    check: ({ relationship, subscriber, patient }) =>
      relationship !== '18' || subscriber.birthDate === patient.birthDate
        ? []
        : [{ path: 'relationship', message: 'says that the patient is the subscriber, whose birth date is another' }],
  },
  {
    id: 'signature-on-file',
    snip: 4,
    severity: 'error',
    check: ({ content }) =>
      content.signatureOnFile ? [] : [{ path: 'content.signatureOnFile', message: 'must be on file' }],
  },
]

/** `PO Box 12`, `P.O. Box`, `P O Box`, `Post Office Box`, `POB 12`. */
const postOfficeBox = /\b(p\.?\s*o\.?\s*box|post\s+office\s+box|p\.?\s*o\.?\s*b\.?\s*\d)/i
