import { type Interchange, type Segment, text } from './segments.ts'

/** GS to GE. `error` is AK905, why the whole group is refused. */
export interface Group {
  header: Segment
  error?: string
  sets: TransactionSet[]
}

/** ST to SE, both included. `error` is IK502. */
export interface TransactionSet {
  header: Segment
  segments: Segment[]
  error?: string
}

/** The groups of an interchange, and TA105: `000`, or why nothing below is looked at. */
export function openEnvelope({ isa, segments }: Interchange): { note: string; groups: Group[] } {
  const trailer = segments.at(-1)
  if (isa[12] !== '00501') return { note: '017', groups: [] }
  if (trailer?.id !== 'IEA') return { note: '023', groups: [] }
  if (text(trailer, 2) !== isa[13]) return { note: '001', groups: [] }
  const groups: Group[] = []
  let open: Segment[] | undefined
  for (const segment of segments.slice(0, -1)) {
    if ((segment.id === 'GS') === (open !== undefined)) return { note: '022', groups: [] }
    open ??= []
    open.push(segment)
    if (segment.id !== 'GE') continue
    // Without a number there is no 999 to write: AK102 would name nothing.
    if (!/^\d{1,9}$/.test(text(open[0], 6))) return { note: '022', groups: [] }
    groups.push(group(open))
    open = undefined
  }
  if (open) return { note: '022', groups: [] }
  if (text(trailer, 1) !== String(groups.length) || groups.length === 0) return { note: '021', groups: [] }
  return { note: '000', groups }
}

function group(segments: Segment[]): Group {
  const [header, trailer] = [segments[0]!, segments.at(-1)!]
  const sets: TransactionSet[] = []
  let open: Segment[] | undefined
  for (const segment of segments.slice(1, -1)) {
    // A set without its trailer, or a segment between sets, leaves no way to count: the group cannot be split.
    if ((segment.id === 'ST') === (open !== undefined)) return { header, error: '3', sets: [] }
    open ??= []
    open.push(segment)
    if (segment.id !== 'SE') continue
    sets.push(transactionSet(open))
    open = undefined
  }
  const seen = new Set<string>()
  for (const set of sets) {
    if (seen.has(text(set.header, 2))) set.error ??= '23'
    seen.add(text(set.header, 2))
  }
  const error = open ? '3' : groupError(header, trailer, sets.length)
  return error === undefined ? { header, sets } : { header, error, sets }
}

function groupError(header: Segment, trailer: Segment, sets: number): string | undefined {
  if (text(header, 1) !== 'HC') return '1'
  if (!/^005010X222A[12]$/.test(text(header, 8))) return '2'
  if (!/^[1-9]\d{0,8}$/.test(text(header, 6))) return '6'
  if (text(trailer, 2) !== text(header, 6)) return '4'
  if (text(trailer, 1) !== String(sets) || sets === 0) return '5'
  return undefined
}

function transactionSet(segments: Segment[]): TransactionSet {
  const [header, trailer] = [segments[0]!, segments.at(-1)!]
  const set: TransactionSet = { header, segments }
  if (text(header, 1) !== '837') set.error = '1'
  else if (!/^\d{4,9}$/.test(text(header, 2))) set.error = '7'
  else if (text(trailer, 2) !== text(header, 2)) set.error = '3'
  else if (text(trailer, 1) !== String(segments.length)) set.error = '4'
  return set
}
