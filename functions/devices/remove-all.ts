import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { devices } from '../../shared/ports/devices.ts'

/** Trusts none of the caller's browsers any more. Their sessions go on; `sessions.revoke-all` ends both. */
export default defineAction({
  summary: 'Forget all trusted browsers',
  route: 'DELETE /devices',
  allow: 'signed-in',
  reply: { status: 204, schema: z.undefined() },
  audit: { action: 'D', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  uses: { devices },

  async handle({ devices, device, session, commit }) {
    const known = await devices.ofUser(session.current().user)
    await commit(...known.map(devices.forget))
    device.forget()
    return undefined
  },
})
