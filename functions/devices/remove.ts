import * as z from 'zod'
import { isTrusted } from '../../shared/domain/devices.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { devices } from '../../shared/ports/devices.ts'
import { DeviceId } from '../../shared/schema/ids.ts'

/** Trusts one of the caller's browsers no more: its next sign-in asks for the second factor. Its session, if any, goes on. */
export default defineAction({
  summary: 'Forget a trusted browser',
  route: 'DELETE /devices/{deviceId}',
  allow: 'signed-in',
  params: z.strictObject({ deviceId: DeviceId }),
  reply: { status: 204, schema: z.undefined() },
  problems: ['device-not-found'],
  audit: { action: 'D', entity: 'Device/{deviceId}' },
  limit: 'write',
  timeout: 5,
  uses: { devices },

  async handle({ params, devices, device, session, now, commit, fail }) {
    const { user } = session.current()
    const known = await devices.ofUser(user)
    const found = known.find(({ deviceId }) => deviceId === params.deviceId)
    if (!found || !isTrusted(found, user, now)) return fail('device-not-found')
    await commit(devices.forget(found))
    if (device.token?.includes(`.${params.deviceId}.`)) device.forget()
    return undefined
  },
})
