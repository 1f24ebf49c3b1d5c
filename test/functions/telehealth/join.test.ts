import { ChimeSDKMeetingsClient, CreateMeetingCommand } from '@aws-sdk/client-chime-sdk-meetings'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeAll, describe, expect, it } from 'vitest'
import { at } from '../../harness/clock.ts'
import { type Client, itemsLike, newPractice, type TestPractice } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { fields, told } from '../appointments/fixture.ts'
import { admit, attendeesOf, end, endAtService, join, prepare, roomOf } from './fixture.ts'

describe('POST /telehealth/{telehealthId}/join', () => {
  let practice: TestPractice
  let desk: Client
  let host: Client
  let patient: Client
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
    host = await practice.as('practitioner')
    patient = await practice.as('patient')
  })
  const admitted = async (telehealthId: string) => {
    expect((await join(patient, telehealthId)).body.status).toBe('waiting')
    expect((await admit(desk, telehealthId, patient.user.userId)).status).toBe(200)
  }

  it('200 gives the practitioner a meeting and a key, notes both, and audits it', async () => {
    const { telehealthId, appointment } = await prepare(practice, desk)
    const answer = await join(host, telehealthId)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      status: 'connected',
      telehealthId,
      meeting: { meetingId: expect.any(String), mediaRegion: 'us-east-1', mediaPlacement: expect.any(Object) },
      attendee: { externalUserId: host.user.userId, joinToken: expect.stringMatching(/.{20}/) },
    })
    const { session, participants } = await roomOf(practice, telehealthId)
    expect(session).toMatchObject({ status: 'in-progress', generation: 0, meeting: answer.body.meeting })
    expect(participants).toMatchObject([
      { part: 'host', status: 'connected', attendeeId: answer.body.attendee.attendeeId },
    ])
    expect(await practice.recordsOf(answer)).toMatchObject([
      {
        verb: 'E',
        outcome: 'success',
        entity: { type: 'TelehealthSession', id: telehealthId },
        patientId: appointment.patientId,
        actor: { id: host.user.userId, role: 'practitioner' },
      },
    ])
  })

  it('200 has the patient wait without any key, however often they ask, even beside the host', async () => {
    const { telehealthId } = await prepare(practice, desk)
    await join(host, telehealthId)
    for (let times = 0; times < 3; times++) {
      const answer = await join(patient, telehealthId)
      expect(answer.body).toEqual({ status: 'waiting', telehealthId })
    }
    const { session, participants } = await roomOf(practice, telehealthId)
    expect(participants).toHaveLength(2)
    expect(participants).toContainEqual(expect.objectContaining({ part: 'patient', status: 'waiting', version: 1 }))
    expect(await attendeesOf(session?.meeting?.meetingId ?? '')).toEqual([host.user.userId])
  })

  it('200 gives the patient a key to the same meeting once admitted', async () => {
    const { telehealthId } = await prepare(practice, desk)
    const { body: first } = await join(host, telehealthId)
    await admitted(telehealthId)
    const { status, body } = await join(patient, telehealthId)
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'connected', meeting: first.meeting })
    expect(body.attendee.externalUserId).toBe(patient.user.userId)
    expect(body.attendee.joinToken).not.toBe(first.attendee.joinToken)
    expect((await attendeesOf(first.meeting.meetingId)).sort()).toEqual([host.user.userId, patient.user.userId].sort())
  })

  it('200 gives whoever comes back the same attendee: nobody is in a meeting twice', async () => {
    const { telehealthId } = await prepare(practice, desk)
    const { body: first } = await join(host, telehealthId)
    const { body: again } = await join(host, telehealthId)
    expect(again).toEqual(first)
    expect(await attendeesOf(first.meeting.meetingId)).toEqual([host.user.userId])
  })

  it('200 to both of two who are first at once, in one meeting', async () => {
    const { telehealthId } = await prepare(practice, desk)
    await admitted(telehealthId)
    const [one, other] = await Promise.all([join(host, telehealthId), join(patient, telehealthId)])
    expect([one.status, other.status]).toEqual([200, 200])
    expect(one.body.meeting.meetingId).toBe(other.body.meeting.meetingId)
    const { session } = await roomOf(practice, telehealthId)
    expect(session).toMatchObject({ generation: 0, meeting: { meetingId: one.body.meeting.meetingId } })
  })

  it('200 in the next meeting when the service has ended the first, for all who come', async () => {
    const { telehealthId } = await prepare(practice, desk)
    await admitted(telehealthId)
    const { body: first } = await join(host, telehealthId)
    await join(patient, telehealthId)
    await endAtService(first.meeting.meetingId)
    const [one, other] = await Promise.all([join(host, telehealthId), join(patient, telehealthId)])
    expect([one.status, other.status]).toEqual([200, 200])
    expect(one.body.meeting.meetingId).toBe(other.body.meeting.meetingId)
    expect(one.body.meeting.meetingId).not.toBe(first.meeting.meetingId)
    expect((await roomOf(practice, telehealthId)).session).toMatchObject({
      status: 'in-progress',
      generation: 1,
      meeting: { meetingId: one.body.meeting.meetingId },
    })
    await endAtService(one.body.meeting.meetingId)
    expect((await join(host, telehealthId)).status).toBe(200)
    expect((await roomOf(practice, telehealthId)).session).toMatchObject({ generation: 2 })
  })

  it('409 after the end, to host and patient', async () => {
    const { telehealthId } = await prepare(practice, desk)
    await admitted(telehealthId)
    await join(host, telehealthId)
    await end(desk, telehealthId)
    for (const client of [host, patient]) {
      const answer = await join(client, telehealthId)
      expect(told(answer)).toBe('409 telehealth-ended')
      expect(await practice.recordsOf(answer)).toMatchObject([{ outcome: 'denied', reason: 'telehealth-ended' }])
    }
  })

  it('404 to another patient, another practice, and workforce that is not the practitioner of record', async () => {
    const { telehealthId } = await prepare(practice, desk, { patient: 1 })
    expect(told(await join(patient, telehealthId))).toBe('404 telehealth-not-found')
    const other = await newPractice()
    expect(told(await join(await other.as('practitioner'), telehealthId))).toBe('404 telehealth-not-found')
    expect(told(await join(await practice.as('supervisor'), telehealthId))).toBe('404 telehealth-not-found')
    expect(told(await join(desk, telehealthId))).toBe('404 forbidden')
    expect((await roomOf(practice, telehealthId)).participants).toEqual([])
  })

  describe('from when to when', () => {
    const start = Date.parse('2030-03-04T17:00:00.000Z')
    const finish = start + 50 * 60_000
    const minute = 60_000
    let telehealthId: string
    beforeAll(async () => {
      const prepared = await prepare(practice, desk, { startsAt: new Date(start).toJSON() })
      telehealthId = prepared.telehealthId
    })

    it.each([
      ['practitioner', '30 minutes before', start - 30 * minute, '200'],
      ['practitioner', 'a moment earlier', start - 30 * minute - 1, '409 outside-join-window'],
      ['practitioner', 'an hour after', finish + 60 * minute, '200'],
      ['practitioner', 'a moment later', finish + 60 * minute + 1, '409 outside-join-window'],
      ['patient', '10 minutes before', start - 10 * minute, '200'],
      ['patient', 'a moment earlier', start - 10 * minute - 1, '409 outside-join-window'],
      ['patient', '15 minutes after', finish + 15 * minute, '200'],
      ['patient', 'a moment later', finish + 15 * minute + 1, '409 outside-join-window'],
    ] as const)('the %s, %s: at %i it is %s', async (role, _when, moment, expected) => {
      await at(moment, async () => expect(told(await join(await practice.as(role), telehealthId))).toBe(expected))
    })
  })

  it('200 without the key in any item, record or log line', async () => {
    const { telehealthId } = await prepare(practice, desk)
    await admitted(telehealthId)
    const tokens: string[] = []
    const said = await outputOf(async () => {
      for (const client of [host, patient]) tokens.push((await join(client, telehealthId)).body.attendee.joinToken)
    })
    expect(tokens.every(token => token.length > 20)).toBe(true)
    const kept = JSON.stringify([
      await itemsLike(`TELEHEALTH#${practice.practice.practiceId}`),
      await itemsLike(`AUDIT#${practice.practice.practiceId}`),
    ])
    for (const token of tokens) {
      expect(kept).not.toContain(token)
      expect(said).not.toContain(token)
    }
    expect(said).toContain('telehealth.join')
  })

  it('503 when the meeting service refuses for now, and 200 when it does not any more', async () => {
    const { telehealthId } = await prepare(practice, desk)
    const chime = mockClient(ChimeSDKMeetingsClient)
    chime.on(CreateMeetingCommand).rejects(Object.assign(new Error('busy'), { name: 'ThrottledClientException' }))
    try {
      const answer = await join(host, telehealthId)
      expect(told(answer)).toBe('503 unavailable')
      expect(answer.headers['retry-after']).toBe('2')
    } finally {
      chime.restore()
    }
    expect((await roomOf(practice, telehealthId)).participants).toEqual([])
    expect(told(await join(host, telehealthId))).toBe('200')
  })

  it('400 when the id is no id', async () => {
    expect(fields(await join(host, 'tel_1'))).toEqual(['params.telehealthId'])
  })
})
