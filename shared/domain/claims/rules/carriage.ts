import type { Claim, Finding } from '../../../schema/claims.ts'
import { X12Error } from '../../x12/error.ts'
import { build837P, type Envelope } from '../../x12/professional.ts'

/** What the 837P cannot carry of a claim, found by writing it and throwing the text away. */
export function refusals(claim: Claim): Finding[] {
  try {
    build837P(claim, { ...envelope, at: claim.updatedAt })
    return []
  } catch (error) {
    if (!(error instanceof X12Error)) throw error
    return error.problems.map(({ path, message }) => ({ rule: 'x12', severity: 'error', path, message }))
  }
}

/** Plain words, so that whatever is refused is the claim's. */
const envelope: Omit<Envelope, 'at'> = {
  submitterId: 'SCRUBBER',
  submitterName: 'SCRUBBER',
  contactName: 'SCRUBBER',
  phone: '5035550100',
  receiverId: 'SCRUBBER',
  receiverName: 'SCRUBBER',
  usage: 'T',
  interchangeNumber: 1,
}
