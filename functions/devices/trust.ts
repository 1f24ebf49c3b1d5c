import { deviceView, giveWay, recognise } from '../../shared/domain/devices.ts'
import { accountOf } from '../../shared/domain/gate.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { devices } from '../../shared/ports/devices.ts'
import { deviceGate } from '../../shared/ports/gate.ts'
import { notices } from '../../shared/ports/notices.ts'
import { DeviceView } from '../../shared/schema/identity.ts'

/**
 * Trusts the browser that asks, for 30 days, on the strength of a second factor that was shown just now. A patient signs in from
 * it with the password alone; a member of the workforce goes on in it within eight hours of that factor. Asking again renews it.
 */
export default defineAction({
  summary: 'Trust this browser',
  route: 'POST /devices',
  allow: 'signed-in',
  reply: { status: 201, schema: DeviceView },
  problems: ['mfa-not-set-up'],
  audit: { action: 'C', entity: 'Device/{deviceId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  metric: 'DevicesTrusted',
  uses: { deviceGate, devices, notices },

  async handle({ deviceGate, devices, notices, device, session, now, newId, about, commit, fail }) {
    const { session: current, user } = session.current()
    const { aal, amr, verifiedAt } = current
    if (aal !== 'aal2' || !verifiedAt) return fail('mfa-not-set-up')
    const [shown, known] = await Promise.all([devices.find(device.token), devices.ofUser(user)])
    const browser = recognise(shown, known, user, now)
    const account = accountOf(user.practiceSlug, user.email)
    const taken = devices.trust(user, newId('dev'), { amr, verifiedAt })
    about({ deviceId: taken.device.deviceId })
    await commit(
      taken.write,
      deviceGate.trust(account, taken.device.deviceId, taken.device.expiresAt),
      ...giveWay(browser, known, user, now).flatMap(one => [
        devices.forget(one),
        deviceGate.distrust(account, one.deviceId),
      ]),
      ...(browser.trusted
        ? []
        : [notices.tell(newId('ntc'), user, browser.stolen ? 'device-token-reused' : 'new-device')]),
    )
    device.remember(taken.device, taken.token)
    return deviceView(taken.device, taken.device.deviceId)
  },
})
