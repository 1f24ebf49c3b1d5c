import type { Claim, Payer } from '../../../schema/claims.ts'
import { complain, linesOf, type PlacedLine, type Rule } from './rule.ts'

/** Place of service against modifiers: 02 and 10 are telehealth, 95 or GT is video as the payer has it, 93 is audio only. */
export const telehealthRules: readonly Rule[] = [
  {
    id: 'telehealth-modifier',
    snip: 7,
    severity: 'error',
    check: claim =>
      complain(
        linesOf(claim),
        'modifiers',
        `must hold ${claim.payer.videoModifier} (video) or 93 (audio only): the place of service is telehealth`,
        line => remote(claim, line) && media(line).length === 0,
      ),
  },
  {
    id: 'telehealth-one-modifier',
    snip: 2,
    severity: 'error',
    check: claim =>
      complain(linesOf(claim), 'modifiers', 'must hold only one of 95, GT and 93', line => media(line).length > 1),
  },
  {
    id: 'telehealth-video-modifier',
    snip: 7,
    severity: 'error',
    check: claim =>
      complain(
        linesOf(claim),
        'modifiers',
        `must hold ${claim.payer.videoModifier} for video: it is the one that this payer takes`,
        line => media(line).length === 1 && line.modifiers.includes(otherVideo(claim.payer)),
      ),
  },
  {
    id: 'telehealth-place',
    snip: 7,
    severity: 'error',
    // State programmes and workers' compensation still differ on which place a remote session has.
    payers: [{ filing: ['MC', 'WC'], severity: 'warning' }],
    check: claim =>
      complain(
        linesOf(claim),
        'placeOfService',
        'must be 02 or 10 with a telehealth modifier',
        line => media(line).length > 0 && !remote(claim, line),
      ),
  },
]

const telehealthModifiers = new Set(['95', 'GT', '93'])

const media = (line: PlacedLine): string[] => line.modifiers.filter(modifier => telehealthModifiers.has(modifier))

const otherVideo = ({ videoModifier }: Payer): string => (videoModifier === '95' ? 'GT' : '95')

function remote({ content }: Claim, line: PlacedLine): boolean {
  const place = line.placeOfService ?? content.placeOfService
  return place === '02' || place === '10'
}
