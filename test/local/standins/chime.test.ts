import {
  BatchCreateAttendeeCommand,
  BatchUpdateAttendeeCapabilitiesExceptCommand,
  ChimeSDKMeetingsClient,
  CreateAttendeeCommand,
  CreateMeetingCommand,
  type CreateMeetingCommandInput,
  CreateMeetingWithAttendeesCommand,
  type CreateMeetingWithAttendeesCommandInput,
  DeleteAttendeeCommand,
  DeleteMeetingCommand,
  GetAttendeeCommand,
  GetMeetingCommand,
  ListAttendeesCommand,
  ListTagsForResourceCommand,
  StartMeetingTranscriptionCommand,
  StopMeetingTranscriptionCommand,
  TagResourceCommand,
  type TranscriptionConfiguration,
  UntagResourceCommand,
  UpdateAttendeeCapabilitiesCommand,
} from '@aws-sdk/client-chime-sdk-meetings'
import { describe, expect, it } from 'vitest'
import { type ChimeOptions, chime } from '../../../local/standins/chime.ts'
import { callOf, clientOf, clock, dataDir, refused } from './fixture.ts'

const minute = 60_000
const nowhere = '11111111-2222-3333-4444-555555555555'
const everything = { Audio: 'SendReceive', Video: 'SendReceive', Content: 'SendReceive' } as const

async function open(options: ChimeOptions = {}, directory = dataDir()) {
  const time = clock()
  const stand = chime(directory, { now: time.now, throttle: false, ...options })
  const client = new ChimeSDKMeetingsClient(await clientOf(stand.service))
  const create = async (input: Partial<CreateMeetingCommandInput> = {}) => {
    const defaults = { ClientRequestToken: 'tel_1-g1', MediaRegion: 'us-east-1', ExternalMeetingId: 'tel_1' }
    const { Meeting } = await client.send(new CreateMeetingCommand({ ...defaults, ...input }))
    return Meeting!
  }
  const invite = async (MeetingId: string | undefined, ExternalUserId: string, more: object = {}) =>
    (await client.send(new CreateAttendeeCommand({ MeetingId, ExternalUserId, ...more }))).Attendee!
  const types = () => stand.events().map(({ detail }) => detail.eventType.replace('chime:', ''))
  return { ...stand, ...time, client, create, invite, types }
}

describe('CreateMeeting', () => {
  it('makes a meeting with an ARN and a placement, which GetMeeting repeats', async () => {
    const { client, create } = await open({ signalling: () => 'ws://127.0.0.1:4100' })
    const meeting = await create({ MeetingFeatures: { Audio: { EchoReduction: 'AVAILABLE' } } })
    expect(meeting).toMatchObject({
      MeetingArn: `arn:aws:chime:us-east-1:000000000000:meeting/${meeting.MeetingId}`,
      ExternalMeetingId: 'tel_1',
      MediaRegion: 'us-east-1',
      MeetingFeatures: { Audio: { EchoReduction: 'AVAILABLE' } },
      MediaPlacement: {
        AudioHostUrl: '127.0.0.1:4100',
        SignalingUrl: `ws://127.0.0.1:4100/control/${meeting.MeetingId}`,
      },
    })
    const { Meeting } = await client.send(new GetMeetingCommand({ MeetingId: meeting.MeetingId }))
    expect(Meeting).toEqual(meeting)
  })

  it('is the same meeting for the same token while it lives, 409 with other parameters', async () => {
    const { client, create } = await open()
    const { MeetingId } = await create()
    expect((await create()).MeetingId).toBe(MeetingId)
    await refused(create({ MediaRegion: 'us-west-2' }), 'ConflictException')
    expect((await create({ ClientRequestToken: 'tel_1-g2' })).MeetingId).not.toBe(MeetingId)
    await client.send(new DeleteMeetingCommand({ MeetingId }))
    expect((await create()).MeetingId).not.toBe(MeetingId)
  })

  it.each<[string, object, string]>([
    ['a token of one character', { ClientRequestToken: 'x' }, 'clientRequestToken'],
    ['a token with a colon', { ClientRequestToken: 'a:b' }, 'clientRequestToken'],
    ['no external id', { ExternalMeetingId: undefined }, 'externalMeetingId'],
    ['a reserved external id', { ExternalMeetingId: 'AWS:x' }, 'externalMeetingId'],
    ['a long external id', { ExternalMeetingId: 'x'.repeat(65) }, 'externalMeetingId'],
    ['no region', { MediaRegion: undefined }, 'mediaRegion'],
    ['a region that has no media', { MediaRegion: 'us-east-9' }, 'mediaRegion'],
    ['too many attendees', { MeetingFeatures: { Attendee: { MaxCount: 251 } } }, 'maxCount'],
    ['FHD without a count', { MeetingFeatures: { Video: { MaxResolution: 'FHD' } } }, 'MaxCount'],
    ['UHD for 26', { MeetingFeatures: { Content: { MaxResolution: 'UHD' }, Attendee: { MaxCount: 26 } } }, 'MaxCount'],
    ['a primary that is not there', { PrimaryMeetingId: nowhere }, 'Primary'],
    ['a tenant that stutters', { TenantIds: ['aaaa'] }, 'tenantIds'],
  ])('400 for %s', async (_, input, named) => {
    const { create } = await open()
    expect(await refused(create(input), 'BadRequestException')).toContain(named)
  })

  it('400 when the account has its meetings', async () => {
    const { create } = await open({ activeMeetings: 1 })
    await create()
    await refused(create({ ClientRequestToken: 'other' }), 'LimitExceededException')
    await create()
  })
})

describe('CreateMeetingWithAttendees', () => {
  it('makes both, the same ones on a retry, for 1 to 20 attendees', async () => {
    const { client } = await open()
    const create = (input: Partial<CreateMeetingWithAttendeesCommandInput>) =>
      client.send(
        new CreateMeetingWithAttendeesCommand({
          ClientRequestToken: 'tel_1-g1',
          MediaRegion: 'us-east-1',
          ExternalMeetingId: 'tel_1',
          Attendees: [{ ExternalUserId: 'usr_1' }, { ExternalUserId: 'usr_2' }],
          ...input,
        }),
      )
    const first = await create({})
    expect(first.Attendees?.map(attendee => attendee.ExternalUserId)).toEqual(['usr_1', 'usr_2'])
    expect(first.Errors).toEqual([])
    const second = await create({})
    expect([second.Meeting, second.Attendees]).toEqual([first.Meeting, first.Attendees])
    await refused(create({ ClientRequestToken: 'no-one', Attendees: [] }), 'BadRequestException')
    const many = Array.from({ length: 21 }, (_, index) => ({ ExternalUserId: `usr_${index}` }))
    await refused(create({ ClientRequestToken: 'many', Attendees: many }), 'BadRequestException')
  })
})

describe('DeleteMeeting', () => {
  it('204, and then 404 for everything of it', async () => {
    const { client, create, invite } = await open()
    const { MeetingId } = await create()
    const { AttendeeId } = await invite(MeetingId, 'usr_1')
    const { $metadata } = await client.send(new DeleteMeetingCommand({ MeetingId }))
    expect($metadata.httpStatusCode).toBe(204)
    await refused(client.send(new DeleteMeetingCommand({ MeetingId })), 'NotFoundException')
    await refused(client.send(new GetMeetingCommand({ MeetingId })), 'NotFoundException')
    await refused(client.send(new GetAttendeeCommand({ MeetingId, AttendeeId })), 'NotFoundException')
    await refused(invite(MeetingId, 'usr_1'), 'NotFoundException')
    await refused(client.send(new GetMeetingCommand({ MeetingId: 'no-guid' })), 'BadRequestException')
  })

  it('ends the replicas of the meeting too', async () => {
    const { client, create } = await open()
    const { MeetingId } = await create()
    const replica = await create({ ClientRequestToken: 'replica', PrimaryMeetingId: MeetingId })
    await client.send(new DeleteMeetingCommand({ MeetingId }))
    await refused(client.send(new GetMeetingCommand({ MeetingId: replica.MeetingId })), 'NotFoundException')
  })
})

describe('CreateAttendee', () => {
  it('gives a join token, and the same attendee to the same user until it is deleted', async () => {
    const { client, create, invite, media } = await open()
    const { MeetingId } = await create()
    const first = await invite(MeetingId, 'usr_1')
    expect(first.JoinToken).toMatch(/^[a-zA-Z0-9+/]{2,2048}$/)
    expect(first.Capabilities).toEqual(everything)
    expect(await invite(MeetingId, 'usr_1')).toEqual(first)
    expect(media.authorize(first.JoinToken!)?.attendee.ExternalUserId).toBe('usr_1')
    await client.send(new DeleteAttendeeCommand({ MeetingId, AttendeeId: first.AttendeeId }))
    expect(media.authorize(first.JoinToken!)).toBeUndefined()
    expect((await invite(MeetingId, 'usr_1')).AttendeeId).not.toBe(first.AttendeeId)
  })

  it.each<[string, object]>([
    ['a reserved user id', { ExternalUserId: 'aws:bot' }],
    ['a user id with a semicolon', { ExternalUserId: 'a;b' }],
    ['capabilities that leave one out', { Capabilities: { Audio: 'Send', Video: 'Send' } }],
    ['content without video', { Capabilities: { Audio: 'None', Video: 'Send', Content: 'Receive' } }],
    ['an unknown capability', { Capabilities: { ...everything, Audio: 'Both' } }],
  ])('400 for %s', async (_, input) => {
    const { create, invite } = await open()
    const { MeetingId } = await create()
    await refused(invite(MeetingId, 'usr_1', input), 'BadRequestException')
  })

  it('gives what the meeting offers, and refuses what it does not', async () => {
    const { create, invite } = await open()
    const audioOnly = await create({
      ClientRequestToken: 'audio',
      MeetingFeatures: { Video: { MaxResolution: 'None' }, Content: { MaxResolution: 'None' } },
    })
    const { Capabilities } = await invite(audioOnly.MeetingId, 'usr_1')
    expect(Capabilities).toEqual({ Audio: 'SendReceive', Video: 'None', Content: 'None' })
    await refused(invite(audioOnly.MeetingId, 'usr_2', { Capabilities: everything }), 'BadRequestException')
    const shared = await create({ ClientRequestToken: 'shared', MeetingFeatures: { Video: { MaxResolution: 'None' } } })
    expect((await invite(shared.MeetingId, 'usr_1')).Capabilities?.Video).toBe('Receive')
  })

  it('400 when the meeting is full, but not for who is in it', async () => {
    const { create, invite } = await open()
    const { MeetingId } = await create({ MeetingFeatures: { Attendee: { MaxCount: 1 } } })
    await invite(MeetingId, 'usr_1')
    await refused(invite(MeetingId, 'usr_2'), 'LimitExceededException')
    await invite(MeetingId, 'usr_1')
  })
})

describe('BatchCreateAttendee', () => {
  it('makes those it can and names the others', async () => {
    const { client, create } = await open()
    const { MeetingId } = await create({ MeetingFeatures: { Attendee: { MaxCount: 2 } } })
    const Attendees = ['usr_1', 'usr_1', 'usr_2', 'usr_3'].map(ExternalUserId => ({ ExternalUserId }))
    const result = await client.send(new BatchCreateAttendeeCommand({ MeetingId, Attendees }))
    expect(result.Attendees?.map(attendee => attendee.ExternalUserId)).toEqual(['usr_1', 'usr_1', 'usr_2'])
    expect(result.Attendees?.[0]?.AttendeeId).toBe(result.Attendees?.[1]?.AttendeeId)
    expect(result.Errors).toMatchObject([{ ExternalUserId: 'usr_3', ErrorCode: 'LimitExceeded' }])
    const many = Array.from({ length: 101 }, (_, index) => ({ ExternalUserId: `usr_${index}` }))
    await refused(client.send(new BatchCreateAttendeeCommand({ MeetingId, Attendees: many })), 'BadRequestException')
  })
})

describe('ListAttendees', () => {
  it('pages in the order of creation', async () => {
    const { client, create, invite } = await open()
    const { MeetingId } = await create()
    for (const user of ['usr_1', 'usr_2', 'usr_3']) await invite(MeetingId, user)
    const list = (input: object) => client.send(new ListAttendeesCommand({ MeetingId, ...input }))
    const first = await list({ MaxResults: 2 })
    expect(first.Attendees?.map(attendee => attendee.ExternalUserId)).toEqual(['usr_1', 'usr_2'])
    const second = await list({ NextToken: first.NextToken })
    expect(second.Attendees?.map(attendee => attendee.ExternalUserId)).toEqual(['usr_3'])
    expect(second.NextToken).toBeUndefined()
    await refused(list({ MaxResults: 101 }), 'BadRequestException')
    await refused(list({ NextToken: 'nonsense' }), 'BadRequestException')
  })
})

describe('capabilities', () => {
  it('change for one attendee, or for all but some', async () => {
    const { client, create, invite } = await open()
    const { MeetingId } = await create()
    const [host, patient] = [await invite(MeetingId, 'usr_1'), await invite(MeetingId, 'usr_2')]
    const muted = { ...everything, Audio: 'Receive' } as const
    const one = { MeetingId, AttendeeId: patient.AttendeeId, Capabilities: muted }
    const { Attendee } = await client.send(new UpdateAttendeeCapabilitiesCommand(one))
    expect(Attendee).toEqual({ ...patient, Capabilities: muted })
    const nothing = { Audio: 'None', Video: 'None', Content: 'None' } as const
    const ExcludedAttendeeIds = [{ AttendeeId: host.AttendeeId }]
    const except = { MeetingId, ExcludedAttendeeIds, Capabilities: nothing }
    await client.send(new BatchUpdateAttendeeCapabilitiesExceptCommand(except))
    const { Attendees } = await client.send(new ListAttendeesCommand({ MeetingId }))
    expect(Attendees?.map(attendee => attendee.Capabilities)).toEqual([everything, nothing])
    const missing = { MeetingId, AttendeeId: nowhere, Capabilities: muted }
    await refused(client.send(new UpdateAttendeeCapabilitiesCommand(missing)), 'NotFoundException')
    const nobody = { ...except, ExcludedAttendeeIds: [] }
    await refused(client.send(new BatchUpdateAttendeeCapabilitiesExceptCommand(nobody)), 'BadRequestException')
  })
})

describe('transcription', () => {
  it('starts with one engine, and its start and stop are events', async () => {
    const { client, create, types } = await open()
    const { MeetingId } = await create()
    const start = (TranscriptionConfiguration: TranscriptionConfiguration) =>
      client.send(new StartMeetingTranscriptionCommand({ MeetingId, TranscriptionConfiguration }))
    const medical = { LanguageCode: 'en-US', Specialty: 'PRIMARYCARE', Type: 'CONVERSATION' } as const
    await start({ EngineTranscribeMedicalSettings: medical })
    await client.send(new StopMeetingTranscriptionCommand({ MeetingId }))
    await client.send(new StopMeetingTranscriptionCommand({ MeetingId }))
    expect(types()).toEqual(['MeetingStarted', 'TranscriptionStarted', 'TranscriptionStopped'])
    await refused(start({}), 'BadRequestException')
    await refused(start({ EngineTranscribeSettings: {} }), 'BadRequestException')
    const both = {
      EngineTranscribeSettings: { LanguageCode: 'en-US' },
      EngineTranscribeMedicalSettings: medical,
    } as const
    await refused(start(both), 'BadRequestException')
  })
})

describe('tags', () => {
  it('are put, listed and removed on a living meeting', async () => {
    const { client, create } = await open()
    const { MeetingArn: ResourceARN } = await create({ Tags: [{ Key: 'practice', Value: 'p1' }] })
    await client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'kind', Value: 'video' }] }))
    await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['practice'] }))
    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN }))
    expect(Tags).toEqual([{ Key: 'kind', Value: 'video' }])
    const gone = ResourceARN?.replace(/[^/]+$/, nowhere)
    await refused(client.send(new ListTagsForResourceCommand({ ResourceARN: gone })), 'ResourceNotFoundException')
  })
})

describe('the end of a meeting', () => {
  it('comes five minutes after the creation when nobody connects', async () => {
    const { client, create, pass, now, tick, events } = await open()
    const { MeetingId } = await create()
    pass(5 * minute - 1)
    await client.send(new GetMeetingCommand({ MeetingId }))
    pass(2 * minute)
    tick()
    const last = events().at(-1)
    expect(last?.detail.eventType).toBe('chime:MeetingEnded')
    expect(last?.detail.timestamp).toBe(now() - 2 * minute + 1)
    await refused(client.send(new GetMeetingCommand({ MeetingId })), 'NotFoundException')
  })

  it('waits for five minutes after the last connection, and a new one starts them again', async () => {
    const { client, create, invite, pass, media } = await open()
    const { MeetingId = '' } = await create()
    const { AttendeeId = '' } = await invite(MeetingId, 'usr_1')
    media.connected(MeetingId, AttendeeId)
    pass(60 * minute)
    media.disconnected(MeetingId, AttendeeId, 'dropped')
    pass(4 * minute)
    expect(media.connected(MeetingId, AttendeeId)).toBe(true)
    media.disconnected(MeetingId, AttendeeId, 'left')
    pass(4 * minute)
    await client.send(new GetMeetingCommand({ MeetingId }))
    pass(minute)
    expect(media.connected(MeetingId, AttendeeId)).toBe(false)
    await refused(client.send(new GetMeetingCommand({ MeetingId })), 'NotFoundException')
  })

  it('comes after 24 hours even of a lively one', async () => {
    const { client, create, invite, pass, media, types } = await open()
    const { MeetingId = '' } = await create()
    const { AttendeeId = '' } = await invite(MeetingId, 'usr_1')
    media.connected(MeetingId, AttendeeId)
    pass(24 * 60 * minute)
    await refused(client.send(new GetMeetingCommand({ MeetingId })), 'NotFoundException')
    expect(types().slice(-2)).toEqual(['AttendeeLeft', 'MeetingEnded'])
  })
})

describe('events', () => {
  it('have the envelope of EventBridge and reach subscribers, also past one that fails', async () => {
    const { client, create, invite, media, events, subscribe, types, now } = await open()
    const heard: string[] = []
    const stop = subscribe(({ detail }) => {
      heard.push(detail.eventType)
    })
    const { MeetingId = '' } = await create()
    const { AttendeeId = '' } = await invite(MeetingId, 'usr_1')
    media.connected(MeetingId, AttendeeId)
    await client.send(new DeleteAttendeeCommand({ MeetingId, AttendeeId }))
    await client.send(new DeleteMeetingCommand({ MeetingId }))
    await new Promise(setImmediate)
    expect(types()).toEqual([
      'MeetingStarted',
      'AttendeeAdded',
      'AttendeeAuthorized',
      'AttendeeJoined',
      'AttendeeLeft',
      'AttendeeDeleted',
      'MeetingEnded',
    ])
    expect(heard).toEqual(events().map(({ detail }) => detail.eventType))
    expect(events()[3]).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Chime Meeting State Change',
      source: 'aws.chime',
      account: '000000000000',
      time: '2026-01-05T10:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: {
        version: '0',
        eventType: 'chime:AttendeeJoined',
        timestamp: now(),
        meetingId: MeetingId,
        attendeeId: AttendeeId,
        externalUserId: 'usr_1',
        networkType: 'Voip',
        mediaRegion: 'us-east-1',
      },
    })
    stop()
    await create()
    await new Promise(setImmediate)
    expect(heard).toHaveLength(7)
  })
})

describe('a reopening without a clean stop', () => {
  it('keeps meetings, attendees, tokens and events, and drops the connections', async () => {
    const directory = dataDir()
    const first = await open({}, directory)
    const meeting = await first.create()
    const attendee = await first.invite(meeting.MeetingId, 'usr_1')
    first.media.connected(meeting.MeetingId!, attendee.AttendeeId!)
    const { create, invite, types, pass, client } = await open({}, directory)
    expect(await create()).toEqual(meeting)
    expect(await invite(meeting.MeetingId, 'usr_1')).toEqual(attendee)
    expect(types().slice(-2)).toEqual(['AttendeeJoined', 'AttendeeDropped'])
    pass(5 * minute)
    await refused(client.send(new GetMeetingCommand({ MeetingId: meeting.MeetingId })), 'NotFoundException')
  })
})

describe('throttling and faults', () => {
  it('429 after the burst of an operation, until the bucket has refilled', async () => {
    const { client, create, pass } = await open({ throttle: { perSecond: 10, burst: 20 } })
    const { MeetingId } = await create()
    const get = () => client.send(new GetMeetingCommand({ MeetingId }))
    for (let call = 0; call < 20; call++) await get()
    await refused(get(), 'ThrottlingException')
    await create()
    pass(100)
    await get()
    await refused(get(), 'ThrottlingException')
  })

  it('loses an answer, and the retry with the token finds the meeting', async () => {
    const { create, meetings, faults } = await open()
    faults.inject({ operation: 'CreateMeeting', type: 'ServiceUnavailableException', status: 503, after: true })
    await refused(create(), 'ServiceUnavailableException')
    const { MeetingId } = await create()
    expect(meetings().map(({ id }) => id)).toEqual([MeetingId])
  })

  it('delays an answer', async () => {
    const { create, faults } = await open()
    faults.inject({ delay: 50 })
    const start = performance.now()
    await create()
    expect(performance.now() - start).toBeGreaterThan(45)
  })
})

describe('needs', () => {
  it('asks for creation and transcription on everything, and for the rest on the meeting', async () => {
    const { service } = await open()
    const tags = [{ Key: 'practice', Value: 'p1' }]
    const create = { ClientRequestToken: 'tok', MediaRegion: 'us-east-1', ExternalMeetingId: 'tel_1', Tags: tags }
    expect(service.needs(callOf('chime', undefined, create, { path: '/meetings' }))).toEqual([
      {
        action: 'chime:CreateMeeting',
        resource: '*',
        context: { 'aws:RequestTag/practice': 'p1', 'aws:TagKeys': ['practice'] },
      },
    ])
    const join = callOf('chime', undefined, { ExternalUserId: 'usr_1' }, { path: `/meetings/${nowhere}/attendees` })
    expect(service.needs(join)).toEqual([
      {
        action: 'chime:CreateAttendee',
        resource: `arn:aws:chime:us-east-1:000000000000:meeting/${nowhere}`,
        context: {},
      },
    ])
    const query = new URLSearchParams('operation=stop')
    const stop = callOf('chime', undefined, {}, { path: `/meetings/${nowhere}/transcription`, query })
    expect(service.needs(stop)).toEqual([{ action: 'chime:StopMeetingTranscription', resource: '*', context: {} }])
  })
})
