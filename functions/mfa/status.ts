import { strongFactors } from '../../shared/domain/enrolling.ts'
import { isBlocked } from '../../shared/domain/secondFactor.ts'
import { graceEnds } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { isWorkforce } from '../../shared/kernel/permissions.ts'
import { ownFactors } from '../../shared/ports/factors.ts'
import { practices } from '../../shared/ports/practices.ts'
import { MfaStatus } from '../../shared/schema/identity.ts'

/**
 * What the caller can sign in with beside the password, and what is demanded of them. Whoever has shown the password is told
 * too: they must know which factor to show.
 */
export default defineAction({
  summary: 'Show the second factors',
  route: 'GET /mfa',
  allow: 'pending-mfa',
  reply: { status: 200, schema: MfaStatus },
  audit: { action: 'R', entity: 'Factor/{userId}' },
  limit: 'read',
  timeout: 5,
  idle: 'stays',
  uses: { ownFactors, practices },

  async handle({ actor, ownFactors, practices, session }) {
    const { user } = session.current()
    const [{ totp, sms, codeHashes }, { signIn }] = await Promise.all([ownFactors.of(actor.userId), practices.mine()])
    const stuck = [totp && isBlocked(totp) && 'totp', sms && isBlocked(sms) && 'sms']
    const staff = isWorkforce(user.role)
    return {
      factors: user.factors,
      blocked: user.factors.filter(factor => stuck.includes(factor)),
      backupCodesLeft: codeHashes.length,
      phoneEnding: user.factors.includes('sms') ? sms?.phone.slice(-2) : undefined,
      required: staff || signIn.patientMfa === 'required',
      graceEnds: staff || strongFactors(user).length > 0 ? undefined : graceEnds(user, signIn),
    }
  },
})
