import * as z from 'zod'
import { roomView } from '../../shared/domain/telehealth/rooms.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { telehealth } from '../../shared/ports/telehealth.ts'
import { TelehealthId, UserId } from '../../shared/schema/ids.ts'
import { TelehealthView } from '../../shared/schema/telehealth.ts'

/** Lets somebody in who waits. Their next `telehealth.join` gives them their key. */
export default defineAction({
  summary: 'Admit a waiting participant',
  route: 'POST /telehealth/{telehealthId}/admissions',
  allow: 'telehealth:host',
  params: z.strictObject({ telehealthId: TelehealthId }),
  body: z.strictObject({ userId: UserId }),
  reply: { status: 200, schema: TelehealthView },
  problems: ['telehealth-not-found', 'telehealth-ended', 'participant-not-found'],
  audit: { action: 'U', entity: 'TelehealthSession/{telehealthId}' },
  limit: 'write',
  timeout: 5,
  uses: { telehealth },

  async handle({ params, body, telehealth, about, commit, fail }) {
    const room = await telehealth.room(params.telehealthId)
    if (!room) return fail('telehealth-not-found')
    about({ patientId: room.session.patientId })
    if (room.session.status === 'ended') return fail('telehealth-ended')

    const waiting = room.participants.find(({ userId, status }) => userId === body.userId && status === 'waiting')
    if (!waiting) return fail('participant-not-found', [{ path: 'body.userId', message: 'is not waiting' }])
    await commit(telehealth.admit(waiting))
    const participants = room.participants.map(one => (one === waiting ? { ...one, status: 'admitted' as const } : one))
    return roomView({ ...room, participants })
  },
})
