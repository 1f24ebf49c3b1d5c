import type { Attendee, Meeting, Meetings } from './meetings.ts'

/** What the media server of the stand-in tells its control plane, and asks of it. */
export interface Media {
  /** Who a join token lets in, while the meeting lives and the attendee is not deleted. */
  authorize(joinToken: string): { meeting: Meeting; attendee: Attendee } | undefined
  /** An audio connection began: it keeps the meeting alive. False when the meeting or the attendee is gone. */
  connected(meetingId: string, attendeeId: string): boolean
  /** It ended: `left` when the client said so, `dropped` when it fell silent. */
  disconnected(meetingId: string, attendeeId: string, how: 'left' | 'dropped'): void
}

export function openMedia(meetings: Meetings, together: <Result>(work: () => Result) => Result): Media {
  const find = (meetingId: string, attendeeId: string) => {
    const meeting = meetings.find(meetingId)
    const attendee = meeting?.attendees.find(({ AttendeeId }) => AttendeeId === attendeeId)
    return meeting && attendee ? { meeting, attendee } : undefined
  }
  const mark = (meeting: Meeting, attendee: Attendee, connected: boolean): void =>
    meetings.save({
      ...meeting,
      attendees: meeting.attendees.map(each => (each === attendee ? { ...each, connected } : each)),
    })
  const who = ({ AttendeeId, ExternalUserId }: Attendee) => ({ attendeeId: AttendeeId, externalUserId: ExternalUserId })

  const disconnect = (meetingId: string, attendeeId: string, how: 'left' | 'dropped'): void => {
    const found = find(meetingId, attendeeId)
    if (!found?.attendee.connected) return
    mark(found.meeting, found.attendee, false)
    const eventType = how === 'left' ? 'chime:AttendeeLeft' : 'chime:AttendeeDropped'
    meetings.announce(found.meeting, eventType, { ...who(found.attendee), networkType: 'Voip' })
  }

  // No connection outlives the process that held it.
  together(() => {
    for (const meeting of meetings.all()) {
      for (const { AttendeeId } of meeting.attendees) disconnect(meeting.id, AttendeeId, 'dropped')
    }
  })

  return {
    authorize(joinToken) {
      meetings.tick()
      for (const meeting of meetings.all()) {
        const attendee = meeting.attendees.find(({ JoinToken }) => JoinToken === joinToken)
        if (attendee) return { meeting, attendee }
      }
      return undefined
    },
    connected(meetingId, attendeeId) {
      meetings.tick()
      const found = find(meetingId, attendeeId)
      if (!found) return false
      together(() => {
        mark(found.meeting, found.attendee, true)
        meetings.announce(found.meeting, 'chime:AttendeeAuthorized', who(found.attendee))
        meetings.announce(found.meeting, 'chime:AttendeeJoined', { ...who(found.attendee), networkType: 'Voip' })
      })
      return true
    },
    disconnected: (meetingId, attendeeId, how) => together(() => disconnect(meetingId, attendeeId, how)),
  }
}
