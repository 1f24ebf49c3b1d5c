import { type Segment, type Syntax, text } from './segments.ts'
import type { Loop } from './structure.ts'

/** A claim as the 277CA answers it: NM1 of provider and patient as they came, and its verdict. */
export interface JudgedClaim {
  provider: Segment
  patient: Segment
  memberId: string
  /** CLM01. */
  number: string
  /** CLM02 as it came. */
  charge: string
  /** First DTP*472. */
  serviceDate: string
  /** STC01 in components; empty when nothing is wrong. */
  rejections: (readonly [category: string, status: string, entity?: string])[]
}

/** Every claim of a well-formed transaction set, with what a payer's front end would hold against it. */
export function judgeClaims(loops: readonly Loop[], { component }: Syntax, payers?: readonly string[]): JudgedClaim[] {
  const found: JudgedClaim[] = []
  loops.forEach((loop, index) => {
    if (loop.name !== '2300') return
    const before = (name: string) => loops.slice(0, index).findLast(each => each.name === name)
    const next = loops.findIndex((each, place) => place > index && /^2(3|0)00/.test(each.name) && each.name <= '2300')
    const own = loops.slice(index, next < 0 ? undefined : next)
    const [billing, subscriber] = [before('2010AA')!, before('2010BA')!]
    const dependent = loops.slice(loops.indexOf(subscriber), index).findLast(each => each.name === '2010CA')
    const lines = own.filter(({ name }) => name === '2400')
    const claim = loop.segments[0]!
    found.push({
      provider: billing.segments[0]!,
      patient: (dependent ?? subscriber).segments[0]!,
      memberId: text(subscriber.segments[0], 9),
      number: text(claim, 1),
      charge: text(claim, 2),
      serviceDate: text(segmentOf(lines[0], 'DTP'), 3),
      rejections: [
        ...partyRejections(billing, own, before('2010BB')!, payers),
        ...amountRejections(claim, segmentOf(loop, 'HI')!, lines, component),
      ],
    })
  })
  return found
}

const segmentOf = (loop: Loop | undefined, id: string) => loop?.segments.find(segment => segment.id === id)

/** Status 562 is an NPI, 500 a postal code, 153 an identification number. */
function partyRejections(billing: Loop, own: readonly Loop[], payer: Loop, payers?: readonly string[]) {
  const rejections: JudgedClaim['rejections'] = []
  if (payers && !payers.includes(text(payer.segments[0], 9))) rejections.push(['A8', '153', 'PR'])
  if (!isNpi(text(billing.segments[0], 9))) rejections.push(['A7', '562', '85'])
  const rendering = own.find(({ name }) => name === '2310B')
  if (rendering && !isNpi(text(rendering.segments[0], 9))) rejections.push(['A7', '562', '82'])
  if (!/^\d{9}$/.test(text(segmentOf(billing, 'N4'), 3))) rejections.push(['A7', '500', '85'])
  return rejections
}

/** Status 400 is a claim out of balance, 477 a diagnosis pointer, 255 a diagnosis. */
function amountRejections(claim: Segment, diagnoses: Segment, lines: readonly Loop[], component: string) {
  const rejections: JudgedClaim['rejections'] = []
  const services = lines.map(line => segmentOf(line, 'SV1')!)
  const sum = services.reduce((cents, service) => cents + centsOf(text(service, 2)), 0)
  if (sum !== centsOf(text(claim, 2))) rejections.push(['A7', '400'])
  const codes = diagnoses.elements.slice(1).map(each => each.split(component))
  if (codes.some(([qualifier], index) => qualifier !== (index === 0 ? 'ABK' : 'ABF'))) rejections.push(['A7', '255'])
  const pointers = services.flatMap(service => text(service, 7).split(component))
  if (pointers.some(pointer => !(Number(pointer) >= 1 && Number(pointer) <= codes.length)))
    rejections.push(['A7', '477'])
  return rejections
}

const centsOf = (amount: string): number => Math.round(Number(amount) * 100)

function isNpi(npi: string): boolean {
  if (!/^[12]\d{9}$/.test(npi)) return false
  // 24 is what the prefix 80840 adds to the sum.
  const sum = [...npi].reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 24)
  return sum % 10 === 0
}
