import { ClaimId } from '../../schema/ids.ts'

/**
 * CLM01, by which every acknowledgement and remittance finds its claim: the id without its prefix, 20 characters, which
 * is the most that payers must give back (CLM01 of 005010X222A1).
 */
export const claimNumber = (claimId: ClaimId): string => claimId.slice('clm_'.length)

/** The claim that a CLM01 came from, or undefined for a number that is not one of ours. */
export function claimIdOf(claimNumber: string): ClaimId | undefined {
  return ClaimId.safeParse(`clm_${claimNumber.trim().toUpperCase()}`).data
}

/**
 * REF*6R, by which a remittance's line finds its service line: the random half of the claim number and the line's
 * number from 1. Twelve characters, because some payers cut what is longer though 50 are allowed.
 */
export function lineControlNumber(claimId: ClaimId, line: number): string {
  return claimNumber(claimId).slice(-10) + String(line).padStart(2, '0')
}
