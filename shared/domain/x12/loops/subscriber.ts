import type { Claim } from '../../../schema/claims.ts'
import type { Fields } from '../fields.ts'
import type { Segment } from '../write.ts'
import { address, demographics, person } from './party.ts'

/**
 * Loops 2000B, 2010BA and 2010BB: whose policy it is, and the payer. Address and demographics stand here only when the
 * subscriber is the patient; otherwise they stand with the patient, one level down, and HL04 says that it follows.
 */
export function subscriber(claim: Claim, fields: Fields): Segment[] {
  const self = claim.relationship === '18'
  const { memberId, groupNumber, name, birthDate, gender } = claim.subscriber
  const group = fields.optional('subscriber.groupNumber', groupNumber, 50)
  const member = fields.text('subscriber.memberId', memberId, 80)
  const payerName = fields.text('payer.name', claim.payer.name, 60)
  const payerId = fields.text('payer.payerId', claim.payer.payerId, 80)
  return [
    ['HL', '2', '1', '22', self ? '0' : '1'],
    ['SBR', 'P', self ? '18' : '', group, '', '', '', '', '', claim.payer.filing],
    person('subscriber.name', 'IL', name, fields, ['MI', member]),
    ...(self ? address('subscriber.address', claim.subscriber.address, fields) : []),
    ...(self ? [demographics(birthDate, gender)] : []),
    ['NM1', 'PR', '2', payerName, '', '', '', '', 'PI', payerId],
  ]
}

/** Loops 2000C and 2010CA: a patient who is someone else's dependent. */
export function patient({ relationship, patient }: Claim, fields: Fields): Segment[] {
  return [
    ['HL', '3', '2', '23', '0'],
    ['PAT', relationship],
    person('patient.name', 'QC', patient.name, fields),
    ...address('patient.address', patient.address, fields),
    demographics(patient.birthDate, patient.gender),
  ]
}
