import type { Consent, ConsentPolicy, ConsentPurpose, ConsentText } from '../../schema/consents.ts'
import type { Instant } from '../../schema/time.ts'

/** Which version of a purpose's text is shown now, and the oldest that a consent may be to. */
export const standingOf = (policy: ConsentPolicy | undefined, purpose: ConsentPurpose) =>
  policy?.purposes[purpose] ?? { current: 1, oldest: 1 }

/** What stands once another version is published. */
export function published(
  policy: ConsentPolicy | undefined,
  { purpose, reconsent }: Pick<ConsentText, 'purpose' | 'reconsent'>,
) {
  const { current, oldest } = standingOf(policy, purpose)
  return { current: current + 1, oldest: reconsent ? current + 1 : oldest }
}

/** Whether a consent is worth anything at a moment. */
export const stands = (
  { status, textVersion, part2 }: Pick<Consent, 'status' | 'textVersion' | 'part2'>,
  oldest: number,
  now: Instant,
): boolean => status === 'active' && textVersion >= oldest && !(part2?.expiresAt && part2.expiresAt <= now)
