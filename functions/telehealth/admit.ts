import * as z from 'zod'
import { standingOf } from '../../shared/domain/consents/standing.ts'
import { roomView } from '../../shared/domain/telehealth/rooms.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { consentCheck } from '../../shared/ports/consents.ts'
import { telehealth } from '../../shared/ports/telehealth.ts'
import { TelehealthId, UserId } from '../../shared/schema/ids.ts'
import { TelehealthView } from '../../shared/schema/telehealth.ts'

/** Lets somebody in who waits, and who still consents to be seen by video. Their next `telehealth.join` gives them their key. */
export default defineAction({
  summary: 'Admit a waiting participant',
  route: 'POST /telehealth/{telehealthId}/admissions',
  allow: 'telehealth:host',
  params: z.strictObject({ telehealthId: TelehealthId }),
  body: z.strictObject({ userId: UserId }),
  reply: { status: 200, schema: TelehealthView },
  problems: ['telehealth-not-found', 'telehealth-ended', 'participant-not-found', 'consent-needed'],
  audit: { action: 'U', entity: 'TelehealthSession/{telehealthId}' },
  limit: 'write',
  timeout: 5,
  uses: { consentCheck, telehealth },

  async handle({ params, body, consentCheck, telehealth, about, commit, fail }) {
    const [room, policy] = await Promise.all([telehealth.room(params.telehealthId), consentCheck.policy()])
    if (!room) return fail('telehealth-not-found')
    about({ patientId: room.session.patientId })
    if (room.session.status === 'ended') return fail('telehealth-ended')

    const waiting = room.participants.find(({ userId, status }) => userId === body.userId && status === 'waiting')
    if (!waiting) return fail('participant-not-found', [{ path: 'body.userId', message: 'is not waiting' }])
    const { oldest } = standingOf(policy, 'telehealth')
    await commit(telehealth.admit(waiting), consentCheck.mustStand(room.session.patientId, 'telehealth', oldest))
    const participants = room.participants.map(one => (one === waiting ? { ...one, status: 'admitted' as const } : one))
    return roomView({ ...room, participants })
  },
})
