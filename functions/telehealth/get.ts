import * as z from 'zod'
import { roomView } from '../../shared/domain/telehealth/rooms.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { rooms } from '../../shared/ports/telehealth.ts'
import { TelehealthId } from '../../shared/schema/ids.ts'
import { TelehealthView } from '../../shared/schema/telehealth.ts'

/** Shows a session and who waits for it. Clients ask again and again, so asking is not activity. */
export default defineAction({
  summary: 'Show a telehealth session',
  route: 'GET /telehealth/{telehealthId}',
  allow: 'telehealth:read',
  params: z.strictObject({ telehealthId: TelehealthId }),
  reply: { status: 200, schema: TelehealthView },
  problems: ['telehealth-not-found'],
  audit: { action: 'R', entity: 'TelehealthSession/{telehealthId}' },
  limit: 'read',
  timeout: 5,
  idle: 'stays',
  uses: { rooms },

  async handle({ params, rooms, about, fail }) {
    const room = await rooms.room(params.telehealthId)
    if (!room) return fail('telehealth-not-found')
    about({ patientId: room.session.patientId })
    return roomView(room)
  },
})
