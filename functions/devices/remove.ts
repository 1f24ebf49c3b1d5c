import * as z from 'zod'
import { isTrusted, placeOfDevice } from '../../shared/domain/devices.ts'
import { accountOf } from '../../shared/domain/gate.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { devices } from '../../shared/ports/devices.ts'
import { deviceGate } from '../../shared/ports/gate.ts'
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
  uses: { deviceGate, devices },

  async handle({ params, deviceGate, devices, device, session, now, commit, fail }) {
    const { user } = session.current()
    const known = await devices.ofUser(user)
    const found = known.find(({ deviceId }) => deviceId === params.deviceId)
    if (!found || !isTrusted(found, user, now)) return fail('device-not-found')
    await commit(devices.forget(found), deviceGate.distrust(accountOf(user.practiceSlug, user.email), found.deviceId))
    if (placeOfDevice(device.token)?.deviceId === params.deviceId) device.forget()
    return undefined
  },
})
