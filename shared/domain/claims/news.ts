import type { Acknowledgement, TransmissionState } from '../../schema/claims.ts'
import type { Instant } from '../../schema/time.ts'
import { read277CA, read999, readTA1 } from '../x12/acknowledgements.ts'
import { stateAfter } from './transmission.ts'

/** What an acknowledgement says of the claim in one of our interchanges. */
export interface ClaimNews {
  interchangeNumber: number
  acknowledgement: Acknowledgement
  state: TransmissionState
}

/** Reads a file of the clearinghouse. We send one claim an interchange, so its number finds the claim in each kind of file. */
export function newsOf(kind: 'TA1' | '999' | '277CA', text: string, receivedAt: Instant): ClaimNews[] {
  if (kind === '277CA') {
    return read277CA(text).flatMap(({ batch, claims }) =>
      claims.map(({ outcome, codes, payerClaimNumber }) => ({
        interchangeNumber: Number(batch),
        acknowledgement: {
          source: '277CA' as const,
          receivedAt,
          outcome: outcome === 'rejected' ? ('rejected' as const) : ('accepted' as const),
          codes: codes.slice(0, 20),
          ...(payerClaimNumber && { payerClaimNumber }),
        },
        state: stateAfter('277CA', outcome),
      })),
    )
  }
  if (kind === '999') {
    // A group that is rejected whole may name no transaction set: its own verdict is then the claim's.
    return read999(text).flatMap(({ groupControlNumber, outcome, codes, transactions }) =>
      (transactions.length > 0
        ? transactions
        : [{ outcome: outcome === 'partial' ? 'rejected' : outcome, codes } as const]
      ).map(set => news('999', groupControlNumber, set.outcome, set.codes, receivedAt)),
    )
  }
  return readTA1(text).map(({ interchangeNumber, outcome, code }) =>
    news('TA1', interchangeNumber, outcome, [code], receivedAt),
  )
}

const news = (
  source: 'TA1' | '999',
  interchangeNumber: number,
  outcome: 'accepted' | 'rejected' | 'duplicate',
  codes: readonly string[],
  receivedAt: Instant,
): ClaimNews => ({
  interchangeNumber,
  acknowledgement: {
    source,
    receivedAt,
    outcome: outcome === 'rejected' ? 'rejected' : 'accepted',
    codes: codes.slice(0, 20),
  },
  state: stateAfter(source, outcome),
})
