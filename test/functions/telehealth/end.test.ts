import { ChimeSDKMeetingsClient, DeleteMeetingCommand } from '@aws-sdk/client-chime-sdk-meetings'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { fields, told } from '../appointments/fixture.ts'
import { end, endAtService, join, lives, prepare, roomOf } from './fixture.ts'

describe('POST /telehealth/{telehealthId}/end', () => {
  let practice: TestPractice
  let desk: Client
  let host: Client
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
    host = await practice.as('practitioner')
  })
  const running = async () => {
    const prepared = await prepare(practice, desk)
    const { body } = await join(host, prepared.telehealthId)
    return { ...prepared, meetingId: body.meeting.meetingId as string }
  }

  it('200 ends the session and the meeting for everybody, and audits it', async () => {
    const { telehealthId, meetingId, appointment } = await running()
    expect(await lives(meetingId)).toBe(true)
    const answer = await end(host, telehealthId)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ telehealthId, status: 'ended' })
    expect(await lives(meetingId)).toBe(false)
    expect((await roomOf(practice, telehealthId)).session).toMatchObject({
      status: 'ended',
      endedAt: expect.any(String),
    })
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'U', outcome: 'success', entity: { id: telehealthId }, patientId: appointment.patientId },
    ])
    const visit = await desk.call('appointments.get', { params: { appointmentId: appointment.appointmentId } })
    expect(visit.body.status, 'ending the call does not complete the visit').toBe('booked')
  })

  it('200 again, with nothing changed and the asking on record', async () => {
    const { telehealthId } = await running()
    await end(host, telehealthId)
    const before = await roomOf(practice, telehealthId)
    const again = await end(desk, telehealthId)
    expect(again.body).toMatchObject({ status: 'ended' })
    expect(await roomOf(practice, telehealthId)).toEqual(before)
    expect(await practice.recordsOf(again)).toMatchObject([{ outcome: 'success' }])
  })

  it('200 when no meeting was made, and when the service has ended it already', async () => {
    const { telehealthId } = await prepare(practice, desk)
    expect(told(await end(desk, telehealthId))).toBe('200')
    const other = await running()
    await endAtService(other.meetingId)
    expect(told(await end(desk, other.telehealthId))).toBe('200')
  })

  it('200 or 409 to those who end and join at once, and nobody is left in a meeting', async () => {
    const { telehealthId, meetingId } = await running()
    const [one, other] = await Promise.all([end(host, telehealthId), end(desk, telehealthId), join(host, telehealthId)])
    expect([told(one), told(other)]).toContain('200')
    for (const answer of [one, other]) expect(told(answer)).toMatch(/^(200|409 conflict)$/)
    expect((await roomOf(practice, telehealthId)).session).toMatchObject({ status: 'ended' })
    expect(await lives(meetingId)).toBe(false)
    expect(told(await join(host, telehealthId))).toBe('409 telehealth-ended')
  })

  it('503 when the meeting service does not answer: nobody can join any more, and 200 next time', async () => {
    const { telehealthId, meetingId } = await running()
    const chime = mockClient(ChimeSDKMeetingsClient)
    chime.on(DeleteMeetingCommand).rejects(Object.assign(new Error('down'), { name: 'ServiceUnavailableException' }))
    try {
      expect(told(await end(host, telehealthId))).toBe('503 unavailable')
    } finally {
      chime.restore()
    }
    expect(told(await join(host, telehealthId))).toBe('409 telehealth-ended')
    expect(await lives(meetingId)).toBe(true)
    expect(told(await end(host, telehealthId))).toBe('200')
    expect(await lives(meetingId)).toBe(false)
  })

  it('404 to a patient, and to another practice', async () => {
    const { telehealthId, meetingId } = await running()
    expect(told(await end(await practice.as('patient'), telehealthId))).toBe('404 forbidden')
    const stranger = await (await newPractice()).as('practitioner')
    expect(told(await end(stranger, telehealthId))).toBe('404 telehealth-not-found')
    expect(await lives(meetingId)).toBe(true)
  })

  it('400 when the id is no id', async () => {
    expect(fields(await end(host, 'tel_1'))).toEqual(['params.telehealthId'])
  })
})
