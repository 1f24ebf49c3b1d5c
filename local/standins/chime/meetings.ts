import { randomUUID } from 'node:crypto'
import { account, region } from '../../aws/service.ts'
import type { Collection } from '../database.ts'
import { Refusal } from '../refusal.ts'
import { checkCapabilities, defaultCapabilities } from './capabilities.ts'
import type { Events, MeetingChange } from './events.ts'
import type { Capabilities, Invited, MeetingFeatures } from './shapes.ts'
import type { TranscriptionConfiguration } from './transcription.ts'

export interface Attendee {
  AttendeeId: string
  ExternalUserId: string
  JoinToken: string
  Capabilities: Capabilities
  /** Whether it has an audio connection. */
  connected: boolean
}

/** A living meeting as it is kept; one that ended is nowhere. Times are in milliseconds. */
export interface Meeting {
  id: string
  token: string
  /** Everything else that the request said, to tell a retry from another request. */
  request: string
  /** The members that answers repeat. */
  description: {
    MediaRegion: string
    ExternalMeetingId: string
    MeetingFeatures?: MeetingFeatures
    PrimaryMeetingId?: string
  }
  tags: { Key: string; Value: string }[]
  attendees: Attendee[]
  createdAt: number
  /** Since when there has been no audio connection. */
  silentSince?: number
  transcription?: TranscriptionConfiguration
}

/** The living meetings and what can be done to them. */
export interface Meetings {
  all(): Meeting[]
  /** The living meeting; refused with 404 when there is none. */
  get(meetingId: string): Meeting
  find(meetingId: string): Meeting | undefined
  byToken(token: string): Meeting | undefined
  create(meeting: Omit<Meeting, 'id' | 'createdAt' | 'silentSince'>): Meeting
  /** Writes the meeting with its attendees' connections counted anew. */
  save(meeting: Meeting): void
  end(meeting: Meeting, at?: number): void
  /** Adds an attendee, or gives the one that the user already has: ExternalUserId is an idempotency token. */
  invite(meeting: Meeting, invited: Invited): { meeting: Meeting; attendee: Attendee }
  announce(meeting: Meeting, eventType: MeetingChange['eventType'], more?: Partial<MeetingChange>): void
  /** Ends what is over: five minutes without an audio connection, 24 hours after the creation. */
  tick(): void
}

export const meetingArn = (meetingId: string): string => `arn:aws:chime:${region}:${account}:meeting/${meetingId}`

export function openMeetings(kept: Collection<Meeting>, events: Events, now: () => number): Meetings {
  const announce: Meetings['announce'] = (meeting, eventType, more = {}) =>
    events.emit({
      eventType,
      timestamp: now(),
      meetingId: meeting.id,
      mediaRegion: meeting.description.MediaRegion,
      ...more,
    })

  const meetings: Meetings = {
    announce,
    all: () => kept.all(),
    find: meetingId => kept.get(meetingId),
    get(meetingId) {
      const meeting = kept.get(meetingId)
      if (meeting) return meeting
      throw new Refusal('NotFoundException', `Meeting ${meetingId} not found`, 404)
    },
    byToken: token => kept.all().find(meeting => meeting.token === token),
    create(parts) {
      const meeting = { ...parts, id: randomUUID(), createdAt: now(), silentSince: now() }
      kept.put(meeting.id, meeting)
      announce(meeting, 'chime:MeetingStarted', { externalMeetingId: meeting.description.ExternalMeetingId })
      return meeting
    },
    save(meeting) {
      const silent = !meeting.attendees.some(({ connected }) => connected)
      kept.put(meeting.id, { ...meeting, silentSince: silent ? (meeting.silentSince ?? now()) : undefined })
    },
    end(meeting, at = now()) {
      for (const { AttendeeId, ExternalUserId, connected } of meeting.attendees) {
        const who = { attendeeId: AttendeeId, externalUserId: ExternalUserId }
        if (connected) announce(meeting, 'chime:AttendeeLeft', { ...who, networkType: 'Voip', timestamp: at })
      }
      kept.delete(meeting.id)
      const { ExternalMeetingId: externalMeetingId } = meeting.description
      announce(meeting, 'chime:MeetingEnded', { externalMeetingId, timestamp: at })
    },
    invite(meeting, { ExternalUserId, Capabilities }) {
      const { MeetingFeatures: features } = meeting.description
      if (Capabilities) checkCapabilities(Capabilities, features)
      const known = meeting.attendees.find(attendee => attendee.ExternalUserId === ExternalUserId)
      if (known) return { meeting, attendee: known }
      if (meeting.attendees.length >= (features?.Attendee?.MaxCount ?? 250)) {
        throw new Refusal('LimitExceededException', 'The meeting has as many attendees as it may have')
      }
      const attendee = newAttendee(ExternalUserId, Capabilities ?? defaultCapabilities(features))
      const joined = { ...meeting, attendees: [...meeting.attendees, attendee] }
      kept.put(meeting.id, joined)
      const who = { attendeeId: attendee.AttendeeId, externalUserId: ExternalUserId }
      announce(meeting, 'chime:AttendeeAdded', who)
      return { meeting: joined, attendee }
    },
    tick() {
      for (const meeting of kept.all()) {
        const at = deadline(meeting)
        if (at <= now()) meetings.end(meeting, at)
      }
      // A replica ends with its primary.
      for (const meeting of kept.all()) {
        const { PrimaryMeetingId: primary } = meeting.description
        if (primary !== undefined && !kept.get(primary)) meetings.end(meeting)
      }
    },
  }
  return meetings
}

const minute = 60_000

function deadline({ createdAt, silentSince }: Meeting): number {
  return Math.min(
    createdAt + 24 * 60 * minute,
    silentSince === undefined ? Number.POSITIVE_INFINITY : silentSince + 5 * minute,
  )
}

/** The token is base64 without padding: browsers send it as a WebSocket subprotocol, where `=` is not allowed. */
function newAttendee(ExternalUserId: string, capabilities: Capabilities): Attendee {
  const AttendeeId = randomUUID()
  const JoinToken = Buffer.from(`${AttendeeId}:${randomUUID()}`).toString('base64').replace(/=+$/, '')
  return { AttendeeId, ExternalUserId, JoinToken, Capabilities: capabilities, connected: false }
}
