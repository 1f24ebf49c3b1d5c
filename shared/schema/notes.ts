import * as z from 'zod'
import { PatientId, PracticeId, PractitionerId, PsychotherapyNoteId, SubstanceUseNoteId } from './ids.ts'
import { text } from './people.ts'
import { Instant } from './time.ts'

/** What somebody wrote, paragraph by paragraph. */
export const NoteText = z.strictObject({ paragraphs: z.array(text(4_000)).min(1).max(100) })
export type NoteText = z.infer<typeof NoteText>

/** What a note says of itself without being opened. */
const heading = {
  practiceId: PracticeId,
  patientId: PatientId,
  authorId: PractitionerId,
  writtenAt: Instant,
  version: z.int().min(1),
}
/** As it lies in the table: its text sealed, base64. */
const sealed = { sealed: z.base64() }

/** Notes of a session that its therapist keeps apart from the record (45 CFR 164.501). */
export const PsychotherapyHeading = z
  .strictObject({ noteId: PsychotherapyNoteId, ...heading })
  .meta({ id: 'PsychotherapyHeading' })
export type PsychotherapyHeading = z.infer<typeof PsychotherapyHeading>
export const SealedPsychotherapyNote = PsychotherapyHeading.extend(sealed)
export type SealedPsychotherapyNote = z.infer<typeof SealedPsychotherapyNote>
export const PsychotherapyNote = PsychotherapyHeading.extend(NoteText.shape).meta({ id: 'PsychotherapyNote' })

/** Notes of the treatment of a substance use disorder (42 CFR part 2). */
export const SubstanceUseHeading = z
  .strictObject({ noteId: SubstanceUseNoteId, ...heading })
  .meta({ id: 'SubstanceUseHeading' })
export type SubstanceUseHeading = z.infer<typeof SubstanceUseHeading>
export const SealedSubstanceUseNote = SubstanceUseHeading.extend(sealed)
export type SealedSubstanceUseNote = z.infer<typeof SealedSubstanceUseNote>
export const SubstanceUseNote = SubstanceUseHeading.extend(NoteText.shape).meta({ id: 'SubstanceUseNote' })
export type SubstanceUseNote = z.infer<typeof SubstanceUseNote>

/** The data key of a patient's notes of one class, wrapped by the class's KMS key. To destroy it is to destroy the notes. */
export const NoteKey = z.object({
  practiceId: PracticeId,
  patientId: PatientId,
  wrapped: z.base64(),
  createdAt: Instant,
  version: z.int().min(1),
})
export type NoteKey = z.infer<typeof NoteKey>
