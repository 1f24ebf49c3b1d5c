import * as z from 'zod'
import { accountOf } from '../../shared/domain/gate.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { devices } from '../../shared/ports/devices.ts'
import { deviceGate } from '../../shared/ports/gate.ts'

/** Trusts none of the caller's browsers any more. Their sessions go on; `sessions.revoke-all` ends both. */
export default defineAction({
  summary: 'Forget all trusted browsers',
  route: 'DELETE /devices',
  allow: 'signed-in',
  reply: { status: 204, schema: z.undefined() },
  audit: { action: 'D', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  uses: { deviceGate, devices },

  async handle({ deviceGate, devices, device, session, commit }) {
    const { user } = session.current()
    const account = accountOf(user.practiceSlug, user.email)
    const known = await devices.ofUser(user)
    await commit(...known.flatMap(one => [devices.forget(one), deviceGate.distrust(account, one.deviceId)]))
    device.forget()
    return undefined
  },
})
