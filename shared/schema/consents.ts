import * as z from 'zod'
import { ConsentId, PatientId, PracticeId, UserId } from './ids.ts'
import { text } from './people.ts'
import { Instant } from './time.ts'

/** What a patient can consent to, each by itself. */
export const ConsentPurpose = z.enum(['treatment', 'telehealth', 'recording', 'part2-disclosure', 'portal-messages'])
export type ConsentPurpose = z.infer<typeof ConsentPurpose>

/** BCP 47, as far as a portal needs it: `en`, `es`, `pt-BR`. */
export const Language = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language such as en or pt-BR')

export const Translation = z.strictObject({
  language: Language,
  title: text(120),
  paragraphs: z.array(text(2_000)).min(1).max(30),
})

const TextVersion = z.int().min(1).max(999_999)

/** One version of the words that patients consent to. It never changes: a consent is to these words and to no others. */
export const ConsentText = z
  .strictObject({
    purpose: ConsentPurpose,
    version: TextVersion,
    translations: z.array(Translation).min(1).max(10),
    /** Whether consents to earlier versions are worth nothing any more. */
    reconsent: z.boolean(),
    /** Absent of the words that every practice begins with. */
    publishedAt: Instant.optional(),
    publishedBy: UserId.optional(),
  })
  .meta({ id: 'ConsentText' })
export type ConsentText = z.infer<typeof ConsentText>

/** Which version of a text is shown now, and the oldest that a consent may still be to. */
const Standing = z.object({ current: TextVersion, oldest: TextVersion })

/** Where the texts of a practice stand; of a purpose that is missing, the first version stands. */
export const ConsentPolicy = z.object({
  practiceId: PracticeId,
  purposes: z.partialRecord(ConsentPurpose, Standing),
  updatedAt: Instant,
  version: z.int().min(1),
})
export type ConsentPolicy = z.infer<typeof ConsentPolicy>

/** How consent was given: by the patient in the portal, or to staff who noted it. */
export const ConsentMethod = z.enum(['portal', 'paper', 'verbal'])

/**
 * What a written consent to disclose substance-use records must say beside the patient and the practice (42 CFR 2.31(a)). That
 * it can be revoked, and what it does not undo, the text says.
 */
export const Part2Elements = z
  .strictObject({
    /** How much of what, in words that a patient understands. */
    information: text(300),
    recipients: z.array(text(120)).min(1).max(20),
    purpose: text(200),
    /** When it ends: at a moment, or with an event. */
    expiresAt: Instant.optional(),
    expiresWith: text(200).optional(),
    signedBy: text(120),
  })
  .refine(({ expiresAt, expiresWith }) => !expiresAt !== !expiresWith, {
    error: 'give either a moment or an event',
    path: ['expiresAt'],
  })

/** A patient's consent to one purpose: FHIR Consent, of which the last word counts. */
export const Consent = z
  .strictObject({
    consentId: ConsentId,
    practiceId: PracticeId,
    patientId: PatientId,
    purpose: ConsentPurpose,
    status: z.enum(['active', 'inactive']),
    textVersion: TextVersion,
    language: Language,
    method: ConsentMethod,
    part2: Part2Elements.optional(),
    grantedAt: Instant,
    /** The patient's own user, or who of the staff noted it. */
    grantedBy: z.string(),
    withdrawnAt: Instant.optional(),
    withdrawnBy: z.string().optional(),
    version: z.int().min(1),
  })
  .meta({ id: 'Consent' })
export type Consent = z.infer<typeof Consent>
