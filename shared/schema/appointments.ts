import * as z from 'zod'
import { AppointmentId, ClaimId, PatientId, PracticeId, PractitionerId, TelehealthId } from './ids.ts'
import { Instant, WallTime, Zone } from './time.ts'

/** FHIR Appointment.status, those in use. */
export const AppointmentStatus = z.enum(['booked', 'fulfilled', 'cancelled', 'noshow'])

/** Minutes: a multiple of the five-minute cells that bookings are made of, at most four hours. */
export const AppointmentMinutes = z.int().min(5).max(240).multipleOf(5)

/** A wall time on the five-minute grid. */
export const StartTime = WallTime.refine(text => Number(text.slice(-2)) % 5 === 0, 'must be a multiple of five minutes')

export const Appointment = z
  .strictObject({
    appointmentId: AppointmentId,
    practiceId: PracticeId,
    patientId: PatientId,
    practitionerId: PractitionerId,
    status: AppointmentStatus,
    modality: z.enum(['in-person', 'telehealth']),
    /** By the practitioner's clock, with its zone: what was agreed, whatever the law later does to clocks. */
    start: WallTime,
    zone: Zone,
    startsAt: Instant,
    endsAt: Instant,
    minutes: z.int(),
    claimId: ClaimId.optional(),
    telehealthId: TelehealthId.optional(),
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int().min(1),
  })
  .meta({ id: 'Appointment' })
export type Appointment = z.infer<typeof Appointment>
