import type { BillingProvider } from '../../../schema/claims.ts'
import type { Fields } from '../fields.ts'
import type { Segment } from '../write.ts'
import { address } from './party.ts'

/**
 * Loops 2000A and 2010AA: who is paid. The address needs all nine digits of its ZIP code: a made-up extension would
 * match no payer's file. The contact is written only where it differs from the submitter's, as the guide has it.
 */
export function billingProvider(
  billing: BillingProvider,
  submitter: { contactName: string; phone: string },
  fields: Fields,
): Segment[] {
  const name = fields.text('billing.name', billing.name, 60)
  const contact = fields.text('billing.contactName', billing.contactName, 60)
  const npi = fields.text('billing.npi', billing.npi, 10)
  if (billing.address.postalCode.length !== 9) {
    fields.refuse('billing.address.postalCode', 'must have all 9 digits on a claim')
  }
  const own = billing.contactName !== submitter.contactName || billing.phone !== submitter.phone
  return [
    ['HL', '1', '', '20', '1'],
    ['PRV', 'BI', 'PXC', fields.text('billing.taxonomy', billing.taxonomy, 10)],
    ['NM1', '85', '2', name, '', '', '', '', 'XX', npi],
    ...address('billing.address', billing.address, fields),
    ['REF', billing.taxIdKind, fields.text('billing.taxId', billing.taxId, 9)],
    ...(own ? [['PER', 'IC', contact, 'TE', fields.text('billing.phone', billing.phone, 10)] satisfies Segment] : []),
  ]
}
