import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { at } from '../../harness/clock.ts'
import { type Client, itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { fields, told } from '../appointments/fixture.ts'
import { join, prepare } from './fixture.ts'

describe('GET /telehealth/{telehealthId}', () => {
  let practice: TestPractice
  let desk: Client
  const get = (telehealthId: string, client = desk) => client.call('telehealth.get', { params: { telehealthId } })
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
  })

  it('200 shows who waits and who is in, never the way in, and records who looked', async () => {
    const { telehealthId, appointment } = await prepare(practice, desk)
    const host = await practice.as('practitioner')
    const patient = await practice.as('patient')
    const { body: key } = await join(host, telehealthId)
    await join(patient, telehealthId)
    const answer = await get(telehealthId)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ telehealthId, appointmentId: appointment.appointmentId, status: 'in-progress' })
    expect(answer.body.participants).toHaveLength(2)
    expect(answer.body.participants).toEqual(
      expect.arrayContaining([
        { userId: host.user.userId, part: 'host', status: 'connected' },
        { userId: patient.user.userId, part: 'patient', status: 'waiting' },
      ]),
    )
    expect(JSON.stringify(answer.body)).not.toMatch(new RegExp(`${key.attendee.joinToken}|${key.meeting.meetingId}`))
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'R', outcome: 'success', entity: { id: telehealthId }, patientId: appointment.patientId },
    ])
  })

  it('200 to the patient whose it is, 404 to another', async () => {
    const patient = await practice.as('patient')
    const own = await prepare(practice, desk)
    const others = await prepare(practice, desk, { patient: 1 })
    expect(told(await get(own.telehealthId, patient))).toBe('200')
    expect(told(await get(others.telehealthId, patient))).toBe('404 telehealth-not-found')
  })

  it('200 again and again without counting as activity', async () => {
    const { telehealthId } = await prepare(practice, desk)
    const client = await practice.as('front-desk')
    const deadline = async () => {
      const { practiceId, userId } = client.user
      const hash = createHash('sha256').update(client.token).digest('base64url')
      return (await itemsAt(`SESSION#${practiceId}#${userId}`)).find(({ sk }) => sk === hash)?.idleExpiresAt
    }
    const before = await deadline()
    await at(Date.now() + 5 * 60_000, async () => {
      expect(told(await get(telehealthId, client))).toBe('200')
      expect(await deadline()).toBe(before)
      await client.call('appointments.list', {
        query: { patientId: client.user.patientId ?? 'pat_00000000000000000000' },
      })
      expect(await deadline()).not.toBe(before)
    })
  })

  it('404 when it is another practice’s, or the role has no part in visits', async () => {
    const other = await newPractice()
    const { telehealthId } = await prepare(other, await other.as('front-desk'))
    expect(told(await get(telehealthId))).toBe('404 telehealth-not-found')
    const own = await prepare(practice, desk)
    expect(told(await get(own.telehealthId, await practice.as('biller')))).toBe('404 forbidden')
  })

  it('400 when the id is no id', async () => {
    expect(fields(await get('tel_1'))).toEqual(['params.telehealthId'])
  })
})
