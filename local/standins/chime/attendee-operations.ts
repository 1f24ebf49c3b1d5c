import { type Operation, operation } from '../operation.ts'
import { Refusal } from '../refusal.ts'
import { attendeeAnswer } from './answers.ts'
import { checkCapabilities } from './capabilities.ts'
import type { Meeting } from './meetings.ts'
import { attendeeOf, type ControlPlane, inviteAll, onMeeting } from './operations.ts'
import * as shapes from './shapes.ts'

/** The operations on the attendees of a meeting. */
export function attendeeOperations({ meetings, together }: ControlPlane): Record<string, Operation> {
  return {
    CreateAttendee: operation(
      shapes.CreateAttendee,
      input => onMeeting('CreateAttendee', input),
      input =>
        together(() => ({ Attendee: attendeeAnswer(meetings.invite(meetings.get(input.MeetingId), input).attendee) })),
    ),

    BatchCreateAttendee: operation(
      shapes.BatchCreateAttendee,
      input => onMeeting('BatchCreateAttendee', input),
      input =>
        together(() => {
          const { meeting: _, ...result } = inviteAll(meetings, meetings.get(input.MeetingId), input.Attendees)
          return result
        }),
    ),

    GetAttendee: operation(
      shapes.OneAttendee,
      input => onMeeting('GetAttendee', input),
      input => ({ Attendee: attendeeAnswer(attendeeOf(meetings.get(input.MeetingId), input.AttendeeId)) }),
    ),

    ListAttendees: operation(
      shapes.ListAttendees,
      input => onMeeting('ListAttendees', input),
      input => {
        const { attendees } = meetings.get(input.MeetingId)
        const start = input.NextToken ? attendees.findIndex(each => each.AttendeeId === input.NextToken) : 0
        if (start < 0) throw new Refusal('BadRequestException', 'The NextToken is invalid')
        const end = start + (input.MaxResults ?? 100)
        const Attendees = attendees.slice(start, end).map(attendeeAnswer)
        return { Attendees, NextToken: attendees[end]?.AttendeeId }
      },
    ),

    DeleteAttendee: operation(
      shapes.OneAttendee,
      input => onMeeting('DeleteAttendee', input),
      input =>
        together(() => {
          const meeting = meetings.get(input.MeetingId)
          const gone = attendeeOf(meeting, input.AttendeeId)
          const who = { attendeeId: gone.AttendeeId, externalUserId: gone.ExternalUserId }
          meetings.save({ ...meeting, attendees: meeting.attendees.filter(each => each !== gone) })
          if (gone.connected) meetings.announce(meeting, 'chime:AttendeeLeft', { ...who, networkType: 'Voip' })
          meetings.announce(meeting, 'chime:AttendeeDeleted', who)
          return undefined
        }),
    ),

    UpdateAttendeeCapabilities: operation(
      shapes.UpdateCapabilities,
      input => onMeeting('UpdateAttendeeCapabilities', input),
      input => {
        const meeting = meetings.get(input.MeetingId)
        const attendee = attendeeOf(meeting, input.AttendeeId)
        meetings.save(withCapabilities(meeting, input.Capabilities, id => id === attendee.AttendeeId))
        return { Attendee: attendeeAnswer({ ...attendee, Capabilities: input.Capabilities }) }
      },
    ),

    BatchUpdateAttendeeCapabilitiesExcept: operation(
      shapes.UpdateCapabilitiesExcept,
      input => onMeeting('BatchUpdateAttendeeCapabilitiesExcept', input),
      input => {
        const meeting = meetings.get(input.MeetingId)
        const excluded = new Set(input.ExcludedAttendeeIds.map(({ AttendeeId }) => AttendeeId))
        meetings.save(withCapabilities(meeting, input.Capabilities, id => !excluded.has(id)))
        return {}
      },
    ),
  }
}

function withCapabilities(meeting: Meeting, asked: shapes.Capabilities, chosen: (id: string) => boolean): Meeting {
  const Capabilities = checkCapabilities(asked, meeting.description.MeetingFeatures)
  const attendees = meeting.attendees.map(each => (chosen(each.AttendeeId) ? { ...each, Capabilities } : each))
  return { ...meeting, attendees }
}
