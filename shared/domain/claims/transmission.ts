import { type TransmissionState, transmissionStates } from '../../schema/claims.ts'

/**
 * The state after hearing that a transmission has come as far as `to`: the further of the two, never back. So the same
 * set of tidings gives the same state in whatever order and however often they arrive. `rejected` is the furthest, beyond
 * `accepted`: a clearinghouse may accept what the payer then rejects, and of two sources that disagree the one that
 * refuses is believed, since a false rejection costs a look and a false acceptance the payment. A claim that is sent
 * again is a new transmission: it starts again at `queued`, under a new interchange number, and tidings of the old
 * number are not tidings of it.
 */
export function advance(current: TransmissionState, to: TransmissionState): TransmissionState {
  return rank(to) > rank(current) ? to : current
}

/** What an acknowledgement may say: those of a 277CA, and a TA1's `duplicate`. */
export type Verdict = 'accepted' | 'rejected' | 'pending-info' | 'duplicate'

/**
 * How far an acknowledgement shows the claim to have come. Only a 277CA can show that it was accepted; an accepting TA1
 * or 999 shows that it arrived. A duplicate shows that the number was used before: that it was sent, and no more.
 */
export function stateAfter(source: 'TA1' | '999' | '277CA', verdict: Verdict): TransmissionState {
  if (verdict === 'rejected') return 'rejected'
  if (verdict === 'duplicate') return 'sent'
  return source === '277CA' && verdict === 'accepted' ? 'accepted' : 'received'
}

const rank = (state: TransmissionState): number => transmissionStates.indexOf(state)
