import { readInterchanges, type Transaction } from '../read.ts'
import type { ReadSegment } from '../segment.ts'

/** What was decided of a claim, or of a batch as a whole. `pending-info`: neither yet, a person should look. */
export type StatusOutcome = 'accepted' | 'rejected' | 'pending-info'

/** Loop 2200D: the status of one claim. */
export interface ClaimStatus {
  /** TRN02, the CLM01 that was sent. */
  claimNumber: string
  outcome: StatusOutcome
  /** At most 20, each category, status and entity: `A7:562:85`. Those of the claim first, then those of its lines. */
  codes: string[]
  /** REF*1K: by which the payer knows the claim, and by which a replacement must name it. */
  payerClaimNumber?: string
}

/** Loop 2200B and the claims below it. */
export interface StatusBatch {
  /** TRN02, the BHT03 that was sent: our interchange number in nine digits. '' when the sender leaves it out. */
  batch: string
  /** Of the batch as a whole: `rejected` concerns every claim of it, listed here or not. */
  outcome: StatusOutcome
  codes: string[]
  claims: ClaimStatus[]
}

/**
 * The claim acknowledgements (277CA, 005010X214) of a text. Categories A0, A1, A2 and A5 let a claim proceed; A3, A4,
 * A6, A7 and A8 reject it, and one rejecting code is enough; anything else is `pending-info`. Throws an X12ReadError
 * when the text is not X12; is silent about what it does not know.
 */
export function read277CA(text: string): StatusBatch[] {
  return readInterchanges(text)
    .flatMap(interchange => interchange.groups)
    .flatMap(group => group.transactions)
    .filter(({ type }) => type === '277')
    .flatMap(batches)
}

interface Traced {
  number: string
  codes: string[]
  lineCodes: string[]
  payerClaimNumber?: string
}

function batches({ segments }: Transaction): StatusBatch[] {
  const found: { batch: Traced; claims: Traced[] }[] = []
  // The level's TRN and STC belong to the batch (21) or to a claim (PT); those of payer and provider are not kept.
  let at: Traced | undefined
  let inLine = false
  for (const segment of segments) {
    if (segment.id === 'HL') {
      inLine = false
      at = levelOf(segment, found)
    } else if (segment.id === 'SVC') inLine = true
    else if (!at) continue
    else if (segment.id === 'TRN' && at.number !== '' && segment.text(1) === '2') at = nextClaim(segment, at, found)
    else if (segment.id === 'TRN') at.number ||= segment.text(2).trim()
    else if (segment.id === 'STC') (inLine ? at.lineCodes : at.codes).push(...statuses(segment))
    else if (segment.id === 'REF' && segment.text(1) === '1K') at.payerClaimNumber = segment.text(2).trim()
  }
  return found.map(({ batch, claims }) => ({
    batch: batch.number,
    outcome: outcomeOf(batch.codes, 'accepted'),
    codes: batch.codes.slice(0, 20),
    claims: claims.filter(({ number }) => number !== '').map(claimStatus),
  }))
}

function levelOf(segment: ReadSegment, found: { batch: Traced; claims: Traced[] }[]): Traced | undefined {
  const level = segment.text(3)
  if (level === '21') {
    found.push({ batch: traced(), claims: [] })
    return found.at(-1)!.batch
  }
  if (level !== 'PT') return undefined
  if (found.length === 0) found.push({ batch: traced(), claims: [] })
  found.at(-1)!.claims.push(traced())
  return found.at(-1)!.claims.at(-1)
}

/** Loop 2200D repeats: a patient's second claim begins at its TRN, without an HL of its own. */
function nextClaim(segment: ReadSegment, at: Traced, found: { batch: Traced; claims: Traced[] }[]): Traced {
  const { claims } = found.at(-1)!
  if (!claims.includes(at)) return at
  claims.push(traced(segment.text(2).trim()))
  return claims.at(-1)!
}

const traced = (number = ''): Traced => ({ number, codes: [], lineCodes: [] })

function claimStatus({ number, codes, lineCodes, payerClaimNumber }: Traced): ClaimStatus {
  // Lines may be refused where the claim goes on, so they decide only where the claim itself says nothing.
  const outcome = outcomeOf(codes.length > 0 ? codes : lineCodes, 'pending-info')
  const status: ClaimStatus = { claimNumber: number, outcome, codes: [...codes, ...lineCodes].slice(0, 20) }
  return payerClaimNumber ? { ...status, payerClaimNumber } : status
}

/** STC01, STC10 and STC11 each hold a status. */
function statuses(segment: ReadSegment): string[] {
  return [1, 10, 11]
    .map(index => segment.components(index).join(':').replace(/:+$/, ''))
    .filter(status => status !== '')
}

function outcomeOf(codes: readonly string[], silent: StatusOutcome): StatusOutcome {
  if (codes.length === 0) return silent
  const categories = codes.map(code => code.split(':', 1)[0]!)
  if (categories.some(category => rejecting.has(category))) return 'rejected'
  return categories.every(category => proceeding.has(category)) ? 'accepted' : 'pending-info'
}

const proceeding = new Set(['A0', 'A1', 'A2', 'A5'])
const rejecting = new Set(['A3', 'A4', 'A6', 'A7', 'A8'])
