import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { sdkError, withFault } from '../../harness/faults.ts'
import { clientOf, sessionOf } from '../../harness/identity.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'

const minute = 60_000
const noon = '2029-03-05T12:00:00.000Z'

describe('POST /sessions/current/keep-alive', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const opened = () => at(noon, () => sessionOf(practice.users.practitioner))

  it('200 at the warning gives another fifteen minutes, and says so in body and headers', async () => {
    const client = await opened()
    const moment = plus(noon, 13 * minute)
    const { status, body, headers } = await at(moment, () => client.call('sessions.keep-alive'))
    const idleExpiresAt = plus(moment, 15 * minute)
    const absoluteExpiresAt = plus(noon, 480 * minute)
    expect(status).toBe(200)
    expect(body).toEqual({ idleExpiresAt, absoluteExpiresAt, warnAt: plus(idleExpiresAt, -2 * minute) })
    expect(headers).toMatchObject({ 'x-session-idle-expires': idleExpiresAt, 'x-session-warn-at': body.warnAt })
    expect((await at(plus(idleExpiresAt, -1), () => client.call('sessions.current'))).status).toBe(200)
    expect((await at(idleExpiresAt, () => client.call('sessions.current'))).status).toBe(401)
  })

  it('200 within half a minute answers the deadline that is stored', async () => {
    const client = await opened()
    const { body } = await at(plus(noon, 29_999), () => client.call('sessions.keep-alive'))
    expect(body.idleExpiresAt).toBe(plus(noon, 15 * minute))
  })

  it('200 never goes past the eight hours', async () => {
    const client = await opened()
    const end = plus(noon, 480 * minute)
    for (let moment = plus(noon, 14 * minute); moment < end; moment = plus(moment, 14 * minute)) {
      const { status, body } = await at(moment, () => client.call('sessions.keep-alive'))
      expect([status, body.absoluteExpiresAt, body.idleExpiresAt <= end]).toEqual([200, end, true])
    }
    expect((await at(end, () => client.call('sessions.keep-alive'))).status).toBe(401)
  })

  it('200 says the old deadline when the new one could not be stored', async () => {
    const client = await opened()
    const hits = (command: string, input: string) => command.startsWith('Update') && input.includes('SESSION#')
    const { status, body, headers } = await at(plus(noon, 5 * minute), () =>
      withFault(hits, sdkError('InternalServerError'), () => client.call('sessions.keep-alive')),
    )
    expect([status, body.idleExpiresAt]).toEqual([200, plus(noon, 15 * minute)])
    expect(headers['x-session-idle-expires']).toBe(body.idleExpiresAt)
  })

  it('200 with a replaced token moves nothing: it is over in half a minute', async () => {
    const first = await opened()
    const moment = plus(noon, 10 * minute)
    const second = clientOf(first.user, await at(moment, () => first.call('sessions.refresh')))
    const { body } = await at(plus(moment, 20_000), () => first.call('sessions.keep-alive'))
    expect(body.idleExpiresAt).toBe(plus(noon, 15 * minute))
    const next = await at(plus(moment, 20_000), () => second.call('sessions.current'))
    expect(next.body.idleExpiresAt).toBe(plus(moment, 15 * minute))
  })

  it('401 when it comes too late', async () => {
    const client = await opened()
    const { status, body } = await at(plus(noon, 15 * minute), () => client.call('sessions.keep-alive'))
    expect([status, body.code]).toEqual([401, 'session-expired'])
  })
})
