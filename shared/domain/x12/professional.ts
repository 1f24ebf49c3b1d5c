import type { Claim } from '../../schema/claims.ts'
import type { Instant } from '../../schema/time.ts'
import { type Fields, openFields } from './fields.ts'
import { billingProvider } from './loops/billing.ts'
import { claimInformation } from './loops/claim.ts'
import { patient, subscriber } from './loops/subscriber.ts'
import { controlNumberText, dateOf, type Segment, writeInterchange } from './write.ts'

/** Who sends a claim to whom, and under which number: what a claim itself does not know. */
export interface Envelope {
  /** ISA06, GS02 and 1000A NM109: what the clearinghouse calls us. */
  submitterId: string
  submitterName: string
  contactName: string
  /** Ten digits. */
  phone: string
  /** ISA08, GS03 and 1000B NM109. */
  receiverId: string
  receiverName: string
  /** ISA15: test or production. */
  usage: 'T' | 'P'
  /** ISA13, GS06 and BHT03: 1 to 999999999, never used twice with one receiver. */
  interchangeNumber: number
  at: Instant
}

/**
 * One claim as an 837P (005010X222A1) interchange: text, one line, upper case, accents folded. GS06 is the interchange
 * number and ST02 `0001`, so that a 999 names the claim by AK102, and BHT03 is its nine digits, so that a 277CA does by
 * 2200B TRN02. Throws an X12Error that names every field which a claim cannot carry (`patient.name.family`): a separator
 * in a name is refused, never dropped. It does not judge the claim: that is the scrubber's work.
 */
export function build837P(claim: Claim, envelope: Envelope): string {
  const fields = openFields()
  const batch = controlNumberText(envelope.interchangeNumber)
  const segments: Segment[] = [
    ['BHT', '0019', '00', batch, dateOf(envelope.at.slice(0, 10)), minuteOf(envelope.at), 'CH'],
    ...parties(envelope, fields),
    ...billingProvider(claim.billing, envelope, fields),
    ...subscriber(claim, fields),
    ...(claim.relationship === '18' ? [] : patient(claim, fields)),
    ...claimInformation(claim, fields),
  ]
  fields.settle()
  return writeInterchange({
    senderId: envelope.submitterId,
    receiverId: envelope.receiverId,
    usage: envelope.usage,
    controlNumber: envelope.interchangeNumber,
    at: envelope.at,
    functionalId: 'HC',
    version: '005010X222A1',
    transactions: [{ type: '837', segments }],
  })
}

/** Loops 1000A and 1000B. */
function parties(envelope: Envelope, fields: Fields): Segment[] {
  const { submitterName, contactName, phone, receiverName } = envelope
  const submitterId = partyId('envelope.submitterId', envelope.submitterId, fields)
  const receiverId = partyId('envelope.receiverId', envelope.receiverId, fields)
  const submitter = fields.text('envelope.submitterName', submitterName, 60)
  const contact = fields.text('envelope.contactName', contactName, 60)
  if (!/^\d{10}$/.test(phone)) fields.refuse('envelope.phone', 'must be 10 digits')
  const receiver = fields.text('envelope.receiverName', receiverName, 60)
  return [
    ['NM1', '41', '2', submitter, '', '', '', '', '46', submitterId],
    ['PER', 'IC', contact, 'TE', phone],
    ['NM1', '40', '2', receiver, '', '', '', '', '46', receiverId],
  ]
}

/** The envelope carries an id as it is spelled: one that folding would change is another partner's. */
function partyId(path: string, id: string, fields: Fields): string {
  const text = fields.text(path, id, 15)
  if (text !== '' && (id.length < 2 || text !== id)) fields.refuse(path, 'must be 2 to 15 upper-case characters')
  return text
}

const minuteOf = (at: Instant): string => at.slice(11, 13) + at.slice(14, 16)
