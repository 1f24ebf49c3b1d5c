import { X12ReadError } from '../error.ts'
import { readInterchanges, type Transaction } from '../read.ts'
import type { ReadSegment } from '../segment.ts'

/** What a 999 says of one functional group: AK1 to AK9. */
export interface FunctionalAcknowledgement {
  /** AK102, the GS06 of the group that was sent: our interchange number. */
  groupControlNumber: number
  /** `partial` when some of its transaction sets were rejected (AK901 P). */
  outcome: 'accepted' | 'partial' | 'rejected'
  /** `AK9:R:4`. */
  codes: string[]
  /** Those that the 999 names; it may reject a group without naming one. */
  transactions: SetAcknowledgement[]
}

/** What a 999 says of one transaction set: AK2 to IK5. */
export interface SetAcknowledgement {
  /** AK202, the ST02 that was sent. */
  controlNumber: string
  outcome: 'accepted' | 'rejected'
  /** At most 20: `IK5:R:5` first, then where: `IK3:NM1:8:2010:3`, `IK4:9:67:7`. Never IK404, a copy of patient data. */
  codes: string[]
}

/**
 * The functional acknowledgements (005010X231A1) of a text; those of the older 997 read alike. A and E are accepted;
 * R, M, W and X are rejected. A rejected group rejects every set in it, whatever their own codes say. Throws an
 * X12ReadError when the text is not X12, or when a set has neither an IK5 nor a group code to judge it by.
 */
export function read999(text: string): FunctionalAcknowledgement[] {
  return readInterchanges(text)
    .flatMap(interchange => interchange.groups)
    .flatMap(group => group.transactions)
    .filter(({ type }) => type === '999' || type === '997')
    .flatMap(acknowledgements)
}

interface Draft {
  group: ReadSegment
  trailer?: ReadSegment
  sets: SetDraft[]
}

interface SetDraft {
  header: ReadSegment
  verdict?: ReadSegment
  places: string[]
}

function acknowledgements({ segments }: Transaction): FunctionalAcknowledgement[] {
  const drafts: Draft[] = []
  for (const segment of segments) {
    const draft = drafts.at(-1)
    const set = draft?.sets.at(-1)
    if (segment.id === 'AK1') drafts.push({ group: segment, sets: [] })
    else if (segment.id === 'AK2') draft?.sets.push({ header: segment, places: [] })
    else if (draft && segment.id === 'AK9') draft.trailer = segment
    else if (set) addTo(set, segment)
  }
  return drafts.map(acknowledgement)
}

function addTo(set: SetDraft, segment: ReadSegment) {
  if (segment.id === 'IK5' || segment.id === 'AK5') set.verdict = segment
  if (segment.id === 'IK3' || segment.id === 'AK3') set.places.push(code('IK3', segment, [1, 2, 3, 4]))
  if (segment.id === 'IK4' || segment.id === 'AK4') set.places.push(code('IK4', segment, [1, 2, 3]))
}

function acknowledgement({ group, trailer, sets }: Draft): FunctionalAcknowledgement {
  const groupRejected = trailer !== undefined && !proceeds(trailer) && trailer.text(1) !== 'P'
  const transactions = sets.map(set => setAcknowledgement(set, trailer, groupRejected))
  const refused = transactions.filter(({ outcome }) => outcome === 'rejected').length
  const partly = refused > 0 || trailer?.text(1) === 'P'
  const wholly = groupRejected || (refused > 0 && refused === sets.length)
  const codes = trailer ? [code('AK9', trailer, [1, 5, 6, 7, 8, 9])] : []
  const outcome = wholly ? 'rejected' : partly ? 'partial' : 'accepted'
  return { groupControlNumber: group.number(2), outcome, codes, transactions }
}

function setAcknowledgement(
  { header, verdict, places }: SetDraft,
  trailer: ReadSegment | undefined,
  groupRejected: boolean,
): SetAcknowledgement {
  const judge = verdict ?? trailer
  if (!judge) throw new X12ReadError('this AK2 has neither an IK5 nor an AK9', header.position, header.offset)
  const own = verdict ? [code('IK5', verdict, [1, 2, 3, 4, 5, 6])] : []
  return {
    controlNumber: header.text(2),
    outcome: !groupRejected && proceeds(judge) ? 'accepted' : 'rejected',
    codes: [...own, ...places].slice(0, 20),
  }
}

/** A is accepted, E is accepted with errors noted. */
const proceeds = (segment: ReadSegment): boolean => segment.text(1) === 'A' || segment.text(1) === 'E'

/** `IK3:NM1:8:2010AA:3`: the named elements, first components only, without those that are missing at the end. */
function code(id: string, segment: ReadSegment, elements: readonly number[]): string {
  return [id, ...elements.map(index => segment.components(index)[0]!.trim())].join(':').replace(/:+$/, '').slice(0, 40)
}
