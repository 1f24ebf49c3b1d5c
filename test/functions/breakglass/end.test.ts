import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { sessionOf } from '../../harness/identity.ts'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { breakGlass, look, restrict } from './fixture.ts'

describe('POST /break-glass/{breakGlassId}/end', () => {
  let practice: TestPractice
  let patientId: string
  beforeAll(async () => {
    practice = await newPractice()
    patientId = (await restrict(practice)).patientId
  })
  const end = (client: Client, breakGlassId: string) => client.call('breakglass.end', { params: { breakGlassId } })

  it('200 closes the record at once, and leaves it in the queue', async () => {
    const client = await practice.as('practitioner')
    const { body: started } = await breakGlass(client, patientId)
    expect(told(await look(client, patientId))).toBe('200')
    const ended = await end(client, started.breakGlassId)
    expect(ended.body).toMatchObject({ endedAt: expect.any(String), status: 'awaiting-review', version: 2 })
    expect(told(await look(client, patientId))).toBe('404 patient-not-found')
    expect(await practice.recordsOf(ended)).toMatchObject([{ patientId, breakGlassId: started.breakGlassId }])
    expect(told(await end(client, started.breakGlassId))).toBe('409 break-glass-over')
  })

  it("404 of another's, and of one that is none", async () => {
    const { body } = await breakGlass(await practice.as('practitioner'), patientId)
    const supervisor = await practice.as('supervisor')
    expect(told(await end(supervisor, body.breakGlassId))).toBe('404 break-glass-not-found')
    expect(told(await end(supervisor, 'bgl_00000000000000000000'))).toBe('404 break-glass-not-found')
  })

  it('409 of one whose time is over', async () => {
    const { body } = await breakGlass(await practice.as('supervisor'), patientId)
    const late = await at(plus(body.expiresAt, 0), async () =>
      end(await sessionOf(practice.users.supervisor), body.breakGlassId),
    )
    expect(told(late)).toBe('409 break-glass-over')
  })
})
