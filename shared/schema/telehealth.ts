import * as z from 'zod'
import { AppointmentId, PatientId, PracticeId, PractitionerId, TelehealthId, UserId } from './ids.ts'
import { Instant } from './time.ts'

/** What a client needs to enter the meeting: the answers of Chime, as its browser SDK takes them. */
export const Meeting = z.object({
  meetingId: z.string(),
  mediaRegion: z.string(),
  mediaPlacement: z.record(z.string(), z.string()),
})
export type Meeting = z.infer<typeof Meeting>

/** A video session of an appointment. Its status is its own: ending the call never completes the visit. */
export const TelehealthSession = z.object({
  telehealthId: TelehealthId,
  practiceId: PracticeId,
  appointmentId: AppointmentId,
  patientId: PatientId,
  practitionerId: PractitionerId,
  status: z.enum(['scheduled', 'in-progress', 'ended']),
  startsAt: Instant,
  endsAt: Instant,
  /** Counts meetings: Chime ends an abandoned one, and the next join makes the next generation. */
  generation: z.int().min(0),
  meeting: Meeting.optional(),
  endedAt: Instant.optional(),
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int().min(1),
})
export type TelehealthSession = z.infer<typeof TelehealthSession>

export const Participant = z.object({
  telehealthId: TelehealthId,
  practiceId: PracticeId,
  userId: UserId,
  part: z.enum(['host', 'patient']),
  status: z.enum(['waiting', 'admitted', 'connected']),
  waitingSince: Instant,
  admittedAt: Instant.optional(),
  attendeeId: z.string().optional(),
  /** The meeting that the attendee belongs to. */
  meetingId: z.string().optional(),
  updatedAt: Instant,
  version: z.int().min(1),
})
export type Participant = z.infer<typeof Participant>

export const TelehealthView = z
  .strictObject({
    telehealthId: TelehealthId,
    appointmentId: AppointmentId,
    status: z.enum(['scheduled', 'in-progress', 'ended']),
    opensAt: Instant,
    closesAt: Instant,
    participants: z.array(
      z.strictObject({
        userId: UserId,
        part: z.enum(['host', 'patient']),
        status: z.enum(['waiting', 'admitted', 'connected']),
      }),
    ),
  })
  .meta({ id: 'TelehealthSession' })
export type TelehealthView = z.infer<typeof TelehealthView>

/** A waiting participant holds no join token; an admitted one gets it here. */
export const JoinReply = z
  .discriminatedUnion('status', [
    z.strictObject({ status: z.literal('waiting'), telehealthId: TelehealthId }),
    z.strictObject({
      status: z.literal('connected'),
      telehealthId: TelehealthId,
      meeting: Meeting,
      attendee: z.strictObject({ attendeeId: z.string(), externalUserId: z.string(), joinToken: z.string() }),
    }),
  ])
  .meta({ id: 'TelehealthJoin' })
