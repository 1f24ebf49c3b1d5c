import { type JudgedClaim, judgeClaims } from './claims.ts'
import { type Group, openEnvelope } from './envelope.ts'
import { type Interchange, text } from './segments.ts'
import { type Issue, structure } from './structure.ts'
import { Writer } from './writer.ts'

/** One file for the submitter's inbox. */
export interface Reply {
  kind: 'TA1' | '999' | '277CA'
  text: string
}

/** What replying needs to know besides the bytes. */
export interface Circumstances {
  now: Date
  /** True when this sender used this ISA13 before. */
  duplicate: boolean
  /** Payer ids that are known; any is, when absent. */
  payers?: readonly string[]
  /** The next control number of the stand-in's own interchanges. */
  nextControlNumber(): number
}

/**
 * The acknowledgements of a submission, from its bytes alone, in the order in which a clearinghouse gives them. A TA1
 * stands alone when the envelope is refused, and comes first when ISA14 asks for one; each group has its 999; each
 * transaction set that the 999 accepts has its 277CA.
 */
export function replyTo(interchange: Interchange, circumstances: Circumstances): Reply[] {
  const { note, groups } = openEnvelope(interchange)
  const verdict = circumstances.duplicate ? '025' : note
  const writer = () => new Writer(interchange, circumstances.nextControlNumber(), circumstances.now)
  const replies: Reply[] = []
  if (verdict !== '000' || interchange.isa[14] === '1') {
    replies.push({ kind: 'TA1', text: writer().interchangeAcknowledgement(verdict) })
  }
  if (verdict !== '000') return replies
  for (const group of groups) {
    const { acknowledgement, batches } = examine(group, interchange, circumstances.payers)
    replies.push({ kind: '999', text: writer().file('FA', '999', '005010X231A1', acknowledgement) })
    for (const batch of batches) replies.push({ kind: '277CA', text: claimFile(writer(), batch) })
  }
  return replies
}

interface Batch {
  /** BHT03. */
  number: string
  submitter: { name: string; id: string }
  claims: JudgedClaim[]
}

function examine(group: Group, { syntax }: Interchange, payers?: readonly string[]) {
  const rows: string[][] = [['AK1', text(group.header, 1), text(group.header, 6), text(group.header, 8)]]
  const batches: Batch[] = []
  for (const set of group.sets) {
    const { loops, issues } = structure(set.segments)
    const error = set.error ?? (issues.length > 0 ? '5' : undefined)
    rows.push(['AK2', text(set.header, 1), text(set.header, 2), text(set.header, 3)])
    if (set.error === undefined) rows.push(...issues.slice(0, 10).flatMap(issueRows))
    rows.push(['IK5', ...(error === undefined ? ['A'] : ['R', error])])
    if (error !== undefined || group.error !== undefined) continue
    const sender = loops.find(({ name }) => name === '1000A')!.segments[0]!
    const number = text(loops[0]!.segments[1], 3)
    const submitter = { name: text(sender, 3), id: text(sender, 9) }
    batches.push({ number, submitter, claims: judgeClaims(loops, syntax, payers) })
  }
  const [all, good] = [group.sets.length, batches.length]
  const verdict = group.error !== undefined || good === 0 ? 'R' : good === all ? 'A' : 'P'
  rows.push(['AK9', verdict, String(all), String(all), String(good), ...(group.error ? [group.error] : [])])
  return { acknowledgement: rows, batches }
}

/** IK303 is the loop without the letter that marks its kind, as the guide has it: 2010AA is 2010. */
function issueRows({ id, place, loop, code, element }: Issue): string[][] {
  const segment = ['IK3', id, String(place), /^\d{4}/.exec(loop)?.[0] ?? '', code]
  return element ? [segment, ['IK4', String(element[0]), '', element[1]]] : [segment]
}

function claimFile(writer: Writer, { number, submitter, claims }: Batch): string {
  const { component } = writer.syntax
  const [today, time] = [writer.day, writer.minute]
  const status = (codes: readonly (string | undefined)[], action: string, charge: string) => {
    return ['STC', codes.filter(Boolean).join(component), today, action, charge]
  }
  const total = claims.reduce((cents, { charge }) => cents + Math.round(Number(charge) * 100), 0) / 100
  const rows: string[][] = [
    ['BHT', '0085', '08', writer.control, today, time, 'TH'],
    ['HL', '1', '', '20', '1'],
    ['NM1', 'AY', '2', 'LOCAL CLEARINGHOUSE', '', '', '', '', '46', writer.sender],
    ['TRN', '1', writer.control],
    ['DTP', '050', 'D8', today],
    ['DTP', '009', 'D8', today],
    ['HL', '2', '1', '21', '1'],
    ['NM1', '41', '2', submitter.name, '', '', '', '', '46', submitter.id],
    ['TRN', '2', number],
    status(['A1', '19', 'PR'], 'WQ', String(total)),
  ]
  let level = 2
  claims.forEach((claim, index) => {
    const provider = level + 1
    level += 2
    rows.push(['HL', String(provider), '2', '19', '1'], claim.provider.elements.slice(0, 10))
    rows.push(['HL', String(level), String(provider), 'PT'])
    rows.push([...claim.patient.elements.slice(0, 8), ...padding(claim.patient.elements), 'MI', claim.memberId])
    rows.push(['TRN', '2', claim.number])
    const accepted = claim.rejections.length === 0
    if (accepted) rows.push(status(['A2', '20', 'PR'], 'WQ', claim.charge))
    for (const rejection of claim.rejections) rows.push(status(rejection, 'U', claim.charge))
    if (accepted) rows.push(['REF', '1K', `${today}${writer.control}${String(index + 1).padStart(3, '0')}`])
    if (claim.serviceDate) rows.push(['DTP', '472', 'D8', claim.serviceDate])
  })
  return writer.file('HN', '277', '005010X214', rows)
}

/** NM108 is the ninth element: what a short NM1 lacks before it. */
const padding = (elements: readonly string[]): string[] =>
  Array.from({ length: Math.max(0, 8 - elements.length) }, () => '')
