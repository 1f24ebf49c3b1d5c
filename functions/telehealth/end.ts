import * as z from 'zod'
import { roomView } from '../../shared/domain/telehealth/rooms.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { meetingEnd } from '../../shared/ports/meetings.ts'
import { telehealth } from '../../shared/ports/telehealth.ts'
import { TelehealthId } from '../../shared/schema/ids.ts'
import { TelehealthView } from '../../shared/schema/telehealth.ts'

/** Ends the session for everybody. Ending it again, or ending a meeting that is over, is success. */
export default defineAction({
  summary: 'End a telehealth session',
  route: 'POST /telehealth/{telehealthId}/end',
  allow: 'telehealth:host',
  params: z.strictObject({ telehealthId: TelehealthId }),
  reply: { status: 200, schema: TelehealthView },
  problems: ['telehealth-not-found'],
  audit: { action: 'U', entity: 'TelehealthSession/{telehealthId}' },
  limit: 'write',
  timeout: 15,
  uses: { meetingEnd, telehealth },

  async handle({ params, meetingEnd, telehealth, about, commit, fail }) {
    const room = await telehealth.room(params.telehealthId)
    if (!room) return fail('telehealth-not-found')
    about({ patientId: room.session.patientId })
    if (room.session.status !== 'ended') {
      // First no new key can be given out, then the meeting goes: a crash in between leaves a meeting that nobody can
      // join anew and that the service itself ends.
      await commit(telehealth.end(room.session))
    }
    if (room.session.meeting) await meetingEnd.end(room.session.meeting.meetingId)
    return roomView({ ...room, session: { ...room.session, status: 'ended' } })
  },
})
