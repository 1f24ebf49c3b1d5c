import * as z from 'zod'
import { owedBeforeEnrolling } from '../../shared/domain/enrolling.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { enrolment } from '../../shared/ports/enrolment.ts'
import { enrolments } from '../../shared/ports/factors.ts'
import { seedSealer } from '../../shared/ports/seeds.ts'

const Enrolment = z
  .strictObject({
    /** Base32, for typing where a picture cannot be taken. */
    secret: z.string(),
    otpauthUri: z.string(),
    /** The same as a QR code, SVG. */
    qr: z.string(),
  })
  .meta({ id: 'TotpEnrolment' })

/**
 * Makes a new authenticator secret. It counts for nothing until `mfa.enable` has seen a code of it; until then an enabled
 * authenticator, which it will replace, goes on.
 */
export default defineAction({
  summary: 'Set up an authenticator app',
  route: 'POST /mfa/setup',
  allow: 'pending-mfa',
  reply: { status: 200, schema: Enrolment },
  problems: ['mfa-required', 'step-up-required'],
  audit: { action: 'C', entity: 'Factor/{userId}' },
  limit: 'write',
  timeout: 10,
  uses: { enrolments, seedSealer, enrolment },

  async handle({ actor, enrolments, seedSealer, enrolment, session, now, commit, fail }) {
    const { session: current, user } = session.current()
    const owed = owedBeforeEnrolling(current, user, now)
    if (owed) return fail(owed)
    const seed = enrolment.newSeed()
    const { uri, qr } = enrolment.describe(seed, actor.userId)
    await commit(enrolments.setUp(actor.userId, await seedSealer.seal(actor.userId, seed)))
    return { secret: seed, otpauthUri: uri, qr }
  },
})
