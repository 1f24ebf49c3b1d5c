import * as z from 'zod'
import { DisclosureId, PatientId, PracticeId } from './ids.ts'
import { text } from './people.ts'
import { Instant, LocalDate } from './time.ts'

/** On what ground something was disclosed: 45 CFR 164.506, 164.508 and 164.512, and 42 CFR 2.31. */
export const LegalBasis = z.enum([
  'treatment',
  'payment',
  'operations',
  'authorization',
  'part2-consent',
  'required-by-law',
  'public-health',
  'abuse-report',
  'health-oversight',
  'court-order',
  'law-enforcement',
  'decedent',
  'research',
  'threat',
  'workers-compensation',
])
export type LegalBasis = z.infer<typeof LegalBasis>

/** What is told of a disclosure: to whom, what, why and when (45 CFR 164.528(b)(2)). */
export const DisclosureDetails = z.strictObject({
  disclosedAt: Instant,
  recipient: z.strictObject({ name: text(120), address: text(200).optional() }),
  /** What was disclosed, in short. */
  what: text(300),
  purpose: text(300),
  legalBasis: LegalBasis,
})
export type DisclosureDetails = z.infer<typeof DisclosureDetails>

export const Disclosure = z
  .strictObject({
    disclosureId: DisclosureId,
    practiceId: PracticeId,
    patientId: PatientId,
    ...DisclosureDetails.shape,
    /** Whether the patient's accounting must tell of it. */
    accountable: z.boolean(),
    /** The last day on which it must. */
    retainUntil: LocalDate,
    /** A user, or the worker that disclosed it. */
    recordedBy: z.string(),
    recordedAt: Instant,
    version: z.literal(1),
  })
  .meta({ id: 'Disclosure' })
export type Disclosure = z.infer<typeof Disclosure>
