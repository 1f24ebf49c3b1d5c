import { children, guide, openers, requiredElements } from './guide.ts'
import { type Segment, text } from './segments.ts'

/** A run of segments that make one loop. `place` is the number of its first segment, ST being 1. */
export interface Loop {
  name: string
  place: number
  segments: Segment[]
}

/** IK3, and IK4 where one element is to blame. `code` is IK304: 2 unexpected, 3 required and missing, 7 out of order, 8 see `element`. */
export interface Issue {
  id: string
  place: number
  loop: string
  code: string
  /** The element's number and IK403: 1 missing, 7 a code that is not valid, 8 a date that is not one. */
  element?: readonly [number: number, code: string]
}

/** Sorts a transaction set's segments into loops, and says where it departs from the guide. */
export function structure(segments: readonly Segment[]): { loops: Loop[]; issues: Issue[] } {
  const loops: Loop[] = [{ name: 'HEADER', place: 1, segments: [] }]
  const issues: Issue[] = []
  for (const [index, segment] of segments.entries()) {
    const current = loops.at(-1)!
    const opener = openers.find(
      ({ id, element, code, within }) =>
        id === segment.id && text(segment, element) === code && within.test(current.name),
    )
    if (opener) loops.push({ name: opener.loop, place: index + 1, segments: [segment] })
    else {
      const code = fits(current, segment)
      if (code) issues.push({ id: segment.id, place: index + 1, loop: current.name, code })
      if (code !== '2') current.segments.push(segment)
    }
    issues.push(...elementIssues(segment, index + 1, loops.at(-1)!.name))
  }
  issues.push(...loops.flatMap(missingSegments), ...missingLoops(loops), ...levelIssues(loops))
  return { loops, issues: issues.sort((a, b) => a.place - b.place) }
}

function fits(loop: Loop, segment: Segment): string | undefined {
  const order = orderOf(loop.name)
  const place = order.indexOf(segment.id)
  if (place < 0) return '2'
  const last = loop.segments.at(-1)
  return last && order.indexOf(last.id) > place ? '7' : undefined
}

const orderOf = (loop: string): string[] => guide[loop]!.replaceAll('!', '').split(' ')

function missingSegments({ name, place, segments }: Loop): Issue[] {
  return guide[name]!.split(' ')
    .filter(entry => entry.endsWith('!') && !segments.some(({ id }) => `${id}!` === entry))
    .map(entry => ({ id: entry.slice(0, -1), place, loop: name, code: '3' }))
}

function missingLoops(loops: readonly Loop[]): Issue[] {
  const issues = loops.flatMap((loop, index) => {
    const rest = loops.slice(index + 1)
    const end = rest.findIndex(({ name }) => name <= loop.name && name !== 'FOOTER' && loop.name !== 'HEADER')
    const within = (end < 0 ? rest : rest.slice(0, end)).map(({ name }) => name)
    return (children[loop.name] ?? [])
      .filter(child => !within.includes(child))
      .map(child => ({ id: guide[child]!.split('!')[0]!, place: loop.place, loop: child, code: '3' }))
  })
  if (loops.at(-1)!.name !== 'FOOTER') issues.push({ id: 'LX', place: loops.at(-1)!.place, loop: '2400', code: '3' })
  return issues
}

/** HL01 counts from 1, HL02 names a level above that exists, HL04 tells truly whether one follows below. */
function levelIssues(loops: readonly Loop[]): Issue[] {
  const levels = loops.filter(({ name }) => /^2000[ABC]$/.test(name))
  const parents = levels.map(({ segments }) => text(segments[0], 2))
  const above = { '2000A': undefined, '2000B': '2000A', '2000C': '2000B' } as Record<string, string | undefined>
  return levels.flatMap(({ name, place, segments }, index): Issue[] => {
    const [header, wrong] = [
      segments[0]!,
      (element: number) => ({ id: 'HL', place, loop: name, code: '8', element: [element, '7'] as const }),
    ]
    const parent = levels.slice(0, index).findLast(level => level.name === above[name])
    const issues: Issue[] = []
    if (text(header, 1) !== String(index + 1)) issues.push(wrong(1))
    if (text(header, 2) !== (parent ? text(parent.segments[0], 1) : '')) issues.push(wrong(2))
    if (text(header, 4) !== (parents.includes(text(header, 1)) ? '1' : '0')) issues.push(wrong(4))
    return issues.concat(subscriberIssues(loops, name, place, segments))
  })
}

/** A subscriber who is the patient (SBR02 18) has an address, a birth date and no level below; any other has a level below. */
function subscriberIssues(loops: readonly Loop[], name: string, place: number, segments: readonly Segment[]): Issue[] {
  if (name !== '2000B') return []
  const self =
    text(
      segments.find(({ id }) => id === 'SBR'),
      2,
    ) === '18'
  const hasLevelBelow = text(segments[0], 4) === '1'
  if (self === hasLevelBelow) return [{ id: 'SBR', place: place + 1, loop: name, code: '8', element: [2, '7'] }]
  if (!self) return []
  const person = loops.find(loop => loop.name === '2010BA' && loop.place > place)
  if (!person) return []
  return ['N3', 'N4', 'DMG']
    .filter(id => !person.segments.some(segment => segment.id === id))
    .map(id => ({ id, place: person.place, loop: '2010BA', code: '3' }))
}

function elementIssues(segment: Segment, place: number, loop: string): Issue[] {
  const at = (element: number, code: string): Issue => ({
    id: segment.id,
    place,
    loop,
    code: '8',
    element: [element, code],
  })
  const missing = (requiredElements[segment.id] ?? [])
    .filter(index => text(segment, index) === '')
    .map(index => at(index, '1'))
  if (segment.elements.at(-1) === '') missing.push(at(segment.elements.length - 1, '1'))
  const date = segment.id === 'DTP' ? 3 : segment.id === 'DMG' ? 2 : 0
  if (date > 0 && text(segment, date - 1) === 'D8' && !isDate(text(segment, date))) missing.push(at(date, '8'))
  const amount = segment.id === 'CLM' || segment.id === 'SV1'
  if (amount && !/^\d{1,8}(\.\d{1,2})?$/.test(text(segment, 2))) missing.push(at(2, '6'))
  return missing
}

function isDate(digits: string): boolean {
  const date = digits.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
  return date.length === 10 && !Number.isNaN(Date.parse(date)) && new Date(date).toISOString().startsWith(date)
}
