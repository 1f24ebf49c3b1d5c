import type { ClaimContent } from '../../schema/claims.ts'
import type { Cents } from '../../schema/people.ts'

/** CLM02, in cents: the sum of the lines' charges. */
export const chargeOf = ({ lines }: ClaimContent): Cents => lines.reduce((sum, { charge }) => sum + charge, 0)
