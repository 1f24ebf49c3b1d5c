import { newBackupCodes } from '../../shared/domain/backupCodes.ts'
import { strongFactors } from '../../shared/domain/enrolling.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { factorRemoval } from '../../shared/ports/factors.ts'
import { notices } from '../../shared/ports/notices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { WithBackupCodes } from '../../shared/schema/identity.ts'

/**
 * Makes new backup codes; the old ones are void in the same transaction. Whoever does so may fear for the old ones, so every
 * other session ends. The user's version decides between two who do it at once: nobody ever has two sets.
 */
export default defineAction({
  summary: 'Make new backup codes',
  route: 'POST /mfa/backup-codes',
  allow: 'signed-in',
  stepUp: true,
  reply: { status: 200, schema: WithBackupCodes.meta({ id: 'BackupCodes' }) },
  problems: ['already-refreshed', 'mfa-not-set-up'],
  audit: { action: 'U', entity: 'Factor/{userId}' },
  limit: 'write',
  timeout: 5,
  uses: { factorRemoval, notices, ownUser, sessions },

  async handle({ actor, factorRemoval, notices, ownUser, sessions, now, newId, newText, session, commit, fail }) {
    const { userId, practiceId, sessionId } = actor
    const { session: before, user } = session.current()
    if (strongFactors(user).length === 0) return fail('mfa-not-set-up')
    const { codeHashes } = await factorRemoval.of(userId)

    const codes = newBackupCodes(newText)
    const renewed = ownUser.withNewCodes(user)
    const { aal, amr, next, verifiedAt } = before
    const opened = sessions.open(renewed.user, sessionId, { aal, amr, next, verifiedAt }, before)
    await commit(
      ...factorRemoval.voidBackupCodes(userId, codeHashes),
      ...codes.map(({ codeHash }) => factorRemoval.addBackupCode({ practiceId, userId, codeHash, createdAt: now })),
      renewed.write,
      notices.tell(newId('ntc'), user, 'backup-codes-renewed'),
      sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return { session: viewOf(opened, now), backupCodes: codes.map(({ shown }) => shown) }
  },
})
