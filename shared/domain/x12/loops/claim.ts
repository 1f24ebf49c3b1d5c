import type { Claim, ServiceLine } from '../../../schema/claims.ts'
import type { Fields } from '../fields.ts'
import { claimNumber, lineControlNumber } from '../numbers.ts'
import { amountOf, dateOf, type Segment } from '../write.ts'
import { person } from './party.ts'

/** Loops 2300 to 2400: the claim, who rendered it, its lines. Refuses sums and pointers that a payer's reader would. */
export function claimInformation(claim: Claim, fields: Fields): Segment[] {
  const { content, frequency } = claim
  const sum = content.lines.reduce((cents, line) => cents + line.charge, 0)
  if (sum !== claim.total) fields.refuse('total', 'must be the sum of the lines')
  const place = [content.placeOfService, 'B', frequency]
  const { acceptsAssignment, assignsBenefits, releaseOfInformation } = content
  const signature = content.signatureOnFile ? 'Y' : 'N'
  const head = [claimNumber(claim.claimId), amountOf(claim.total), '', '', place, signature]
  return [
    ['CLM', ...head, acceptsAssignment, assignsBenefits, releaseOfInformation],
    ...references(claim, fields),
    ['HI', ...content.diagnoses.map((code, index) => [index === 0 ? 'ABK' : 'ABF', undotted(code)])],
    ...rendering(claim, fields),
    ...content.lines.flatMap((line, index) => serviceLine(claim, line, index, fields)),
  ]
}

/** REF*G1 and REF*F8. A replacement or void names the claim it concerns by the payer's own number, or means nothing. */
function references({ content, frequency, acknowledgements }: Claim, fields: Fields): Segment[] {
  const authorization = fields.optional('content.priorAuthorization', content.priorAuthorization, 50)
  const original = acknowledgements.findLast(({ payerClaimNumber }) => payerClaimNumber !== undefined)?.payerClaimNumber
  if (frequency !== '1' && original === undefined) {
    fields.refuse('frequency', 'must be 1: no payer has given this claim a number to replace or void it by')
  }
  const segments: Segment[] = []
  if (authorization) segments.push(['REF', 'G1', authorization])
  if (frequency !== '1') segments.push(['REF', 'F8', fields.optional('acknowledgements', original, 50)])
  return segments
}

/** Loop 2310B, only where the renderer is not the one who bills: payers refuse the same NPI in both. */
function rendering({ billing, rendering }: Claim, fields: Fields): Segment[] {
  if (rendering.npi === billing.npi) return []
  return [
    person('rendering.name', '82', rendering.name, fields, ['XX', fields.text('rendering.npi', rendering.npi, 10)]),
    ['PRV', 'PE', 'PXC', fields.text('rendering.taxonomy', rendering.taxonomy, 10)],
  ]
}

function serviceLine(claim: Claim, line: ServiceLine, index: number, fields: Fields): Segment[] {
  const { content, claimId } = claim
  if (line.diagnosisPointers.some(pointer => pointer > content.diagnoses.length)) {
    fields.refuse(`content.lines.${index}.diagnosisPointers`, 'must point at a diagnosis of this claim')
  }
  // SV105 only where the line was given elsewhere than CLM05-1 says.
  const { placeOfService = content.placeOfService } = line
  const place = placeOfService === content.placeOfService ? '' : placeOfService
  const quantity = [amountOf(line.charge), 'UN', String(line.units)]
  return [
    ['LX', String(index + 1)],
    ['SV1', ['HC', line.procedure, ...line.modifiers], ...quantity, place, '', line.diagnosisPointers.map(String)],
    ['DTP', '472', 'D8', dateOf(line.date)],
    ['REF', '6R', lineControlNumber(claimId, index + 1)],
  ]
}

const undotted = (code: string): string => code.replace('.', '').toUpperCase()
