import * as z from 'zod'

/**
 * Identifiers are `<prefix>_<20 Crockford characters>`: 10 of time (milliseconds, so that ids sort by age) and 10 random.
 * Twenty characters fit CLM01 of an 837P, whose claim number is the id without its prefix.
 */
const id = <const Brand extends string>(prefix: string, brand: Brand) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{20}$`), `must be an id of the form ${prefix}_ and 20 characters`)
    .meta({ id: brand })
    .brand<Brand>()

export const PracticeId = id('prc', 'PracticeId')
export const UserId = id('usr', 'UserId')
export const PatientId = id('pat', 'PatientId')
export const PractitionerId = id('prn', 'PractitionerId')
export const CoverageId = id('cov', 'CoverageId')
export const AppointmentId = id('apt', 'AppointmentId')
export const ClaimId = id('clm', 'ClaimId')
export const TelehealthId = id('tel', 'TelehealthId')
export const SessionId = id('ses', 'SessionId')
export const DeviceId = id('dev', 'DeviceId')
export const AuditEventId = id('aud', 'AuditEventId')
export const TicketId = id('tkt', 'TicketId')
export const NoticeId = id('ntc', 'NoticeId')
export const ApiKeyId = id('key', 'ApiKeyId')
export const IdentityId = id('idn', 'IdentityId')
export const PasskeyId = id('psk', 'PasskeyId')
export const BreakGlassId = id('bgl', 'BreakGlassId')
export const ConsentId = id('cns', 'ConsentId')
export const DisclosureId = id('dis', 'DisclosureId')
export const AmendmentId = id('amd', 'AmendmentId')
export const PsychotherapyNoteId = id('psn', 'PsychotherapyNoteId')
export const SubstanceUseNoteId = id('sun', 'SubstanceUseNoteId')
export const FindingId = id('fnd', 'FindingId')
export const ExportId = id('exp', 'ExportId')
export const RecordExportId = id('rex', 'RecordExportId')
export const ErasureId = id('ers', 'ErasureId')
export const LegalHoldId = id('hld', 'LegalHoldId')

export type PracticeId = z.infer<typeof PracticeId>
export type UserId = z.infer<typeof UserId>
export type PatientId = z.infer<typeof PatientId>
export type PractitionerId = z.infer<typeof PractitionerId>
export type CoverageId = z.infer<typeof CoverageId>
export type AppointmentId = z.infer<typeof AppointmentId>
export type ClaimId = z.infer<typeof ClaimId>
export type TelehealthId = z.infer<typeof TelehealthId>
export type SessionId = z.infer<typeof SessionId>
export type DeviceId = z.infer<typeof DeviceId>
export type AuditEventId = z.infer<typeof AuditEventId>
export type TicketId = z.infer<typeof TicketId>
export type NoticeId = z.infer<typeof NoticeId>
export type ApiKeyId = z.infer<typeof ApiKeyId>
export type IdentityId = z.infer<typeof IdentityId>
export type PasskeyId = z.infer<typeof PasskeyId>
export type BreakGlassId = z.infer<typeof BreakGlassId>
export type ConsentId = z.infer<typeof ConsentId>
export type DisclosureId = z.infer<typeof DisclosureId>
export type AmendmentId = z.infer<typeof AmendmentId>
export type PsychotherapyNoteId = z.infer<typeof PsychotherapyNoteId>
export type SubstanceUseNoteId = z.infer<typeof SubstanceUseNoteId>
export type FindingId = z.infer<typeof FindingId>
export type ExportId = z.infer<typeof ExportId>
export type RecordExportId = z.infer<typeof RecordExportId>
export type ErasureId = z.infer<typeof ErasureId>
export type LegalHoldId = z.infer<typeof LegalHoldId>

/** The prefix of each kind of id, and the type that it makes. */
export interface IdKinds {
  prc: PracticeId
  usr: UserId
  pat: PatientId
  prn: PractitionerId
  cov: CoverageId
  apt: AppointmentId
  clm: ClaimId
  tel: TelehealthId
  ses: SessionId
  dev: DeviceId
  aud: AuditEventId
  tkt: TicketId
  ntc: NoticeId
  key: ApiKeyId
  idn: IdentityId
  psk: PasskeyId
  bgl: BreakGlassId
  cns: ConsentId
  dis: DisclosureId
  amd: AmendmentId
  psn: PsychotherapyNoteId
  sun: SubstanceUseNoteId
  fnd: FindingId
  exp: ExportId
  rex: RecordExportId
  ers: ErasureId
  hld: LegalHoldId
}
