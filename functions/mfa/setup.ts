import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { enrolment } from '../../shared/ports/enrolment.ts'
import { factors } from '../../shared/ports/factors.ts'
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

/** Makes a new authenticator secret. It counts for nothing until `mfa.enable` has seen a code of it. */
export default defineAction({
  summary: 'Set up an authenticator app',
  route: 'POST /mfa/setup',
  allow: 'pending-mfa',
  reply: { status: 200, schema: Enrolment },
  problems: ['mfa-already-enabled', 'mfa-required'],
  audit: { action: 'C', entity: 'Factor/{userId}' },
  limit: 'write',
  timeout: 10,
  uses: { factors, seedSealer, enrolment },

  async handle({ actor, factors, seedSealer, enrolment, session, commit, fail }) {
    // Who owes a code of a factor that exists must show that one, not make another.
    if (session.current().session.next === 'mfa-verify') return fail('mfa-required')
    const seed = enrolment.newSeed()
    const { uri, qr } = enrolment.describe(seed, actor.userId)
    await commit(factors.setUp(actor.userId, await seedSealer.seal(actor.userId, seed)))
    return { secret: seed, otpauthUri: uri, qr }
  },
})
