import type * as z from 'zod'
import type { Need } from '../../aws/service.ts'
import { type Operation, operation } from '../operation.ts'
import { Refusal } from '../refusal.ts'
import { attendeeAnswer } from './answers.ts'
import { type Attendee, type Meeting, type Meetings, meetingArn } from './meetings.ts'
import * as shapes from './shapes.ts'

/** What the operations work with. */
export interface ControlPlane {
  meetings: Meetings
  answerOf(meeting: Meeting): object
  /** Makes the writes of the work one. */
  together<Result>(work: () => Result): Result
  /** How many meetings the account may have at once. */
  activeMeetings: number
}

/** The operations that make, read and end meetings. */
export function meetingOperations(plane: ControlPlane): Record<string, Operation> {
  const { meetings, answerOf } = plane

  return {
    CreateMeeting: operation(
      shapes.CreateMeeting,
      input => creation('CreateMeeting', input.Tags),
      input => ({ Meeting: answerOf(create(plane, input)) }),
    ),

    CreateMeetingWithAttendees: operation(
      shapes.CreateMeetingWithAttendees,
      input => creation('CreateMeetingWithAttendees', input.Tags),
      input =>
        plane.together(() => {
          const created = create(plane, input)
          const { meeting, ...result } = inviteAll(meetings, created, input.Attendees)
          return { Meeting: answerOf(meeting), ...result }
        }),
    ),

    GetMeeting: operation(
      shapes.OneMeeting,
      input => onMeeting('GetMeeting', input),
      input => ({ Meeting: answerOf(meetings.get(input.MeetingId)) }),
    ),

    DeleteMeeting: operation(
      shapes.OneMeeting,
      input => onMeeting('DeleteMeeting', input),
      input =>
        plane.together(() => {
          meetings.end(meetings.get(input.MeetingId))
          meetings.tick()
          return undefined
        }),
    ),
  }
}

/** The permission on one meeting's ARN. */
export const onMeeting = (action: string, { MeetingId }: { MeetingId: string }): Need[] => [
  { action: `chime:${action}`, resource: meetingArn(MeetingId), context: {} },
]

/** Invites everyone in turn; who cannot be is among the errors, and the others are attendees all the same. */
export function inviteAll(meetings: Meetings, first: Meeting, invited: shapes.Invited[]) {
  let meeting = first
  const Attendees: object[] = []
  const Errors: object[] = []
  for (const each of invited) {
    try {
      const result = meetings.invite(meeting, each)
      meeting = result.meeting
      Attendees.push(attendeeAnswer(result.attendee))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const ErrorCode = error.type.replace(/Exception$/, '')
      Errors.push({ ExternalUserId: each.ExternalUserId, ErrorCode, ErrorMessage: error.message })
    }
  }
  return { meeting, Attendees, Errors }
}

/** The meeting's attendee; refused with 404 when there is none. */
export function attendeeOf(meeting: Meeting, attendeeId: string): Attendee {
  const attendee = meeting.attendees.find(({ AttendeeId }) => AttendeeId === attendeeId)
  if (attendee) return attendee
  throw new Refusal('NotFoundException', `Attendee ${attendeeId} not found`, 404)
}

/** The same token means the same meeting while it lives, if everything else is the same too. */
function create(plane: ControlPlane, input: z.output<typeof shapes.CreateMeeting>): Meeting {
  const { ClientRequestToken: token, Tags: tags = [], ...rest } = input
  const request = JSON.stringify({ ...rest, tags })
  const known = plane.meetings.byToken(token)
  if (known?.request === request) return known
  if (known) {
    const message = 'The ClientRequestToken was used for a meeting with other parameters'
    throw new Refusal('ConflictException', message, 409)
  }
  if (plane.meetings.all().length >= plane.activeMeetings) {
    throw new Refusal('LimitExceededException', 'The account has as many active meetings as it may have')
  }
  const { MediaRegion, ExternalMeetingId, MeetingHostId, MeetingFeatures, PrimaryMeetingId, TenantIds } = input
  if (PrimaryMeetingId !== undefined && !plane.meetings.find(PrimaryMeetingId)) {
    throw new Refusal('BadRequestException', `Primary meeting ${PrimaryMeetingId} not found`)
  }
  const description = { MediaRegion, ExternalMeetingId, MeetingHostId, MeetingFeatures, PrimaryMeetingId, TenantIds }
  return plane.meetings.create({ token, request, description, tags, attendees: [] })
}

function creation(action: string, tags: { Key: string; Value: string }[] = []): Need[] {
  const context: Need['context'] = Object.fromEntries(tags.map(tag => [`aws:RequestTag/${tag.Key}`, tag.Value]))
  if (tags.length > 0) context['aws:TagKeys'] = tags.map(tag => tag.Key)
  return [{ action: `chime:${action}`, resource: '*', context }]
}
