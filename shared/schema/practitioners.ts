import * as z from 'zod'
import { PracticeId, PractitionerId } from './ids.ts'
import { Npi, PersonName, Taxonomy } from './people.ts'
import { Instant, LocalDate, TimeOfDay, WallTime, Zone } from './time.ts'

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** A stretch of a weekday, by the practitioner's own clock. */
export const Availability = z
  .strictObject({ weekday: z.enum(weekdays), from: TimeOfDay, to: TimeOfDay })
  .refine(({ from, to }) => from < to, { error: 'must end after it begins', path: ['to'] })
export type Availability = z.infer<typeof Availability>

export const PractitionerDetails = z.strictObject({
  name: PersonName,
  npi: Npi,
  taxonomy: Taxonomy,
  zone: Zone,
  availability: z.array(Availability).max(70),
})
export type PractitionerDetails = z.infer<typeof PractitionerDetails>

export const Practitioner = z
  .strictObject({
    practitionerId: PractitionerId,
    practiceId: PracticeId,
    ...PractitionerDetails.shape,
    createdAt: Instant,
    updatedAt: Instant,
    version: z.int().min(1),
  })
  .meta({ id: 'Practitioner' })
export type Practitioner = z.infer<typeof Practitioner>

/** A start that can be booked. */
export const Slot = z
  .strictObject({ date: LocalDate, start: WallTime, zone: Zone, startsAt: Instant, minutes: z.int() })
  .meta({ id: 'Slot' })
export type Slot = z.infer<typeof Slot>
