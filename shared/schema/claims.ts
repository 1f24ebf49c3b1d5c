import * as z from 'zod'
import { AppointmentId, ClaimId, CoverageId, PatientId, PracticeId, PractitionerId } from './ids.ts'
import { Cents, Gender, Npi, PersonName, Phone, PostalAddress, Taxonomy, text } from './people.ts'
import { Instant, LocalDate } from './time.ts'

/** X12 element values that name parties: the payer's id at the clearinghouse, a member's id, a group's number. */
export const PartyNumber = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 .-]{0,29}$/, 'must be 1 to 30 letters and digits')

/** A payer as the clearinghouse knows it: loop 2010BB. */
export const Payer = z.strictObject({
  payerId: z.string().regex(/^[A-Z0-9]{2,15}$/, 'must be a payer id of 2 to 15 letters and digits'),
  name: text(60),
  /** SBR09, claim filing indicator. */
  filing: z.enum([
    '11',
    '12',
    '13',
    '14',
    '15',
    '16',
    '17',
    'AM',
    'BL',
    'CH',
    'CI',
    'DS',
    'FI',
    'HM',
    'LM',
    'MA',
    'MB',
    'MC',
    'OF',
    'TV',
    'VA',
    'WC',
    'ZZ',
  ]),
  /** Days from the date of service in which a claim must arrive. */
  timelyFilingDays: z.int().min(1).max(1_000),
  /** The modifier that this payer wants on a video session: never both. */
  videoModifier: z.enum(['95', 'GT']),
})
export type Payer = z.infer<typeof Payer>

/** The person whose policy it is: loop 2010BA. */
export const Subscriber = z.strictObject({
  memberId: PartyNumber,
  groupNumber: PartyNumber.optional(),
  name: PersonName,
  birthDate: LocalDate,
  gender: Gender,
  address: PostalAddress,
})
export type Subscriber = z.infer<typeof Subscriber>

/** PAT01, the patient's relationship to the subscriber; 18 is the subscriber (SBR02). */
export const Relationship = z.enum(['18', '01', '19', '20', '21', '39', '40', '53', 'G8'])
export type Relationship = z.infer<typeof Relationship>

/** Who is paid: loop 2010AA. `taxId` is an EIN (nine digits) or, with kind SY, a social security number. */
export const BillingProvider = z.strictObject({
  name: text(60),
  npi: Npi,
  taxId: z.string().regex(/^\d{9}$/, 'must be 9 digits'),
  taxIdKind: z.enum(['EI', 'SY']),
  taxonomy: Taxonomy,
  address: PostalAddress,
  contactName: text(60),
  phone: Phone,
})
export type BillingProvider = z.infer<typeof BillingProvider>

/** Who gave the service: loop 2310B. */
export const RenderingProvider = z.strictObject({
  practitionerId: PractitionerId,
  name: PersonName,
  npi: Npi,
  taxonomy: Taxonomy,
})
export type RenderingProvider = z.infer<typeof RenderingProvider>

/** One service line. Diagnosis pointers count from 1. Minutes are the time documented, for time-based codes. */
export const ServiceLine = z.strictObject({
  date: LocalDate,
  procedure: z.string().regex(/^[0-9A-Z]\d{3}[0-9A-Z]$/, 'must be a 5-character CPT or HCPCS code'),
  modifiers: z
    .array(z.string().regex(/^[0-9A-Z]{2}$/, 'must be 2 letters or digits'))
    .max(4)
    .default([]),
  charge: Cents.min(1, 'must be at least one cent'),
  units: z.int().min(1).max(999),
  minutes: z.int().min(1).max(1_440).optional(),
  placeOfService: z
    .string()
    .regex(/^\d{2}$/, 'must be 2 digits')
    .optional(),
  diagnosisPointers: z.array(z.int().min(1).max(12)).min(1).max(4),
})
export type ServiceLine = z.infer<typeof ServiceLine>

/** What a biller decides; all else on the claim is taken from the chart. */
export const ClaimContent = z.strictObject({
  placeOfService: z.string().regex(/^\d{2}$/, 'must be 2 digits'),
  /** ICD-10-CM codes, principal first, with or without the dot. */
  diagnoses: z
    .array(
      z
        .string()
        .toUpperCase()
        .regex(/^[A-TV-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?$/, 'must be an ICD-10-CM code'),
    )
    .min(1)
    .max(12),
  lines: z.array(ServiceLine).min(1).max(50),
  priorAuthorization: PartyNumber.optional(),
  /** CLM06: the provider's signature is on file. */
  signatureOnFile: z.boolean(),
  /** CLM08: the patient assigns the benefit to the provider. */
  assignsBenefits: z.enum(['Y', 'N', 'W']),
  /** CLM09: the patient let us release information. */
  releaseOfInformation: z.enum(['Y', 'I']),
  /** CLM07. */
  acceptsAssignment: z.enum(['A', 'B', 'C']),
})
export type ClaimContent = z.infer<typeof ClaimContent>

/** How far a claim has come on its way to the payer, in the only order it can move. */
export const transmissionStates = ['none', 'queued', 'sending', 'sent', 'received', 'accepted', 'rejected'] as const
export const TransmissionState = z.enum(transmissionStates)
export type TransmissionState = z.infer<typeof TransmissionState>

/** What an acknowledgement said of the claim. Codes are X12's; texts are not shipped (they are X12's own). */
export const Acknowledgement = z.strictObject({
  source: z.enum(['TA1', '999', '277CA']),
  receivedAt: Instant,
  outcome: z.enum(['accepted', 'rejected']),
  /** `A7:562:85` of STC01, or `IK5:R:5` of a 999. */
  codes: z.array(z.string().max(40)).max(20),
  payerClaimNumber: z.string().max(50).optional(),
})
export type Acknowledgement = z.infer<typeof Acknowledgement>

/** A professional claim: a snapshot of the chart on the day it was made, so that what was billed can always be shown. */
export const Claim = z.strictObject({
  claimId: ClaimId,
  practiceId: PracticeId,
  patientId: PatientId,
  appointmentId: AppointmentId,
  coverageId: CoverageId,
  status: z.enum(['draft', 'active', 'cancelled']),
  /** CLM05-3: 1 original, 7 replacement, 8 void. */
  frequency: z.enum(['1', '7', '8']),
  billing: BillingProvider,
  rendering: RenderingProvider,
  payer: Payer,
  subscriber: Subscriber,
  relationship: Relationship,
  patient: z.strictObject({ name: PersonName, birthDate: LocalDate, gender: Gender, address: PostalAddress }),
  coverageStart: LocalDate,
  coverageEnd: LocalDate.optional(),
  content: ClaimContent,
  /** Cents: the sum of the lines' charges. CLM02. */
  total: Cents,
  transmission: TransmissionState,
  interchangeNumber: z.int().min(1).max(999_999_999).optional(),
  acknowledgements: z.array(Acknowledgement).max(20),
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int().min(1),
})
export type Claim = z.infer<typeof Claim>

/** A claim as clients see it. The tax number stays inside: it may be a clinician's social security number. */
export const ClaimView = Claim.extend({ billing: BillingProvider.omit({ taxId: true }).strip() }).meta({ id: 'Claim' })

/** A rule's complaint about a claim, with the path of the field to correct. */
export const Finding = z.strictObject({
  rule: z.string(),
  severity: z.enum(['error', 'warning']),
  /** `content.lines.0.units`, as in a validation problem. */
  path: z.string(),
  message: z.string(),
})
export type Finding = z.infer<typeof Finding>
