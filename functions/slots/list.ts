import * as z from 'zod'
import { slotsOf } from '../../shared/domain/scheduling/availability.ts'
import { dayIn, plusMinutes } from '../../shared/domain/scheduling/wallTime.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { takenCells } from '../../shared/ports/appointments.ts'
import { practitioners } from '../../shared/ports/practitioners.ts'
import { AppointmentMinutes } from '../../shared/schema/appointments.ts'
import { PractitionerId } from '../../shared/schema/ids.ts'
import { Slot } from '../../shared/schema/practitioners.ts'
import { LocalDate } from '../../shared/schema/time.ts'

/** Shows the free starts of one day by the practitioner's clock: one read of the practitioner, one query of the day. */
export default defineAction({
  summary: "List a practitioner's free slots on a day",
  route: 'GET /practitioners/{practitionerId}/slots',
  allow: 'practitioner:read',
  params: z.strictObject({ practitionerId: PractitionerId }),
  query: z.strictObject({ date: LocalDate, minutes: z.coerce.number().pipe(AppointmentMinutes).default(50) }),
  reply: { status: 200, schema: z.strictObject({ items: z.array(Slot) }) },
  problems: ['practitioner-not-found'],
  limit: 'read',
  timeout: 5,
  uses: { practitioners, takenCells },

  async handle({ params, query, practitioners, takenCells, now, fail }) {
    const { practitionerId } = params
    // The practitioner's zone is not known yet, so the day is read with the widest offsets around it: UTC−12 to UTC+14.
    const { from, to } = dayIn(query.date, 'UTC')
    const [practitioner, taken] = await Promise.all([
      practitioners.find(practitionerId),
      takenCells.taken(practitionerId, plusMinutes(from, -14 * 60), plusMinutes(to, 12 * 60 + query.minutes)),
    ])
    if (!practitioner) return fail('practitioner-not-found')
    return { items: slotsOf(query.date, practitioner, query.minutes, taken, now) }
  },
})
