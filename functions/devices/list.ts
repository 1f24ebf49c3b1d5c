import * as z from 'zod'
import { deviceView, isTrusted } from '../../shared/domain/devices.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { devices } from '../../shared/ports/devices.ts'
import { DeviceView } from '../../shared/schema/identity.ts'

/** Lists the browsers that the caller trusts, the one that was trusted longest ago first. */
export default defineAction({
  summary: 'List trusted browsers',
  route: 'GET /devices',
  allow: 'signed-in',
  reply: { status: 200, schema: z.strictObject({ items: z.array(DeviceView) }) },
  audit: { action: 'R', entity: 'User/{userId}' },
  limit: 'read',
  timeout: 5,
  uses: { devices },

  async handle({ devices, device, session, now }) {
    const { user } = session.current()
    const [shown, known] = await Promise.all([devices.find(device.token), devices.ofUser(user)])
    const current = shown?.token === 'current' ? shown.device.deviceId : undefined
    return { items: known.filter(one => isTrusted(one, user, now)).map(one => deviceView(one, current)) }
  },
})
