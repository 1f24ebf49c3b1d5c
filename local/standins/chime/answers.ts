import { type Attendee, type Meeting, meetingArn } from './meetings.ts'

/** Where a meeting's clients connect to. */
export interface MediaPlacement {
  AudioHostUrl: string
  AudioFallbackUrl: string
  SignalingUrl: string
  TurnControlUrl: string
  ScreenDataUrl: string
  ScreenViewingUrl: string
  ScreenSharingUrl: string
  EventIngestionUrl: string
}

/** The placement on a signalling server, such as `ws://127.0.0.1:4100`, with the paths of the service. */
export function placementAt(signalling: string, meetingId: string): MediaPlacement {
  const { host, protocol } = new URL(signalling)
  const http = `${protocol === 'wss:' ? 'https' : 'http'}://${host}`
  return {
    AudioHostUrl: host,
    AudioFallbackUrl: `${signalling}/calls/${meetingId}`,
    SignalingUrl: `${signalling}/control/${meetingId}`,
    TurnControlUrl: `${http}/v2/turn_sessions`,
    ScreenDataUrl: `${signalling}/v2/screen/${meetingId}`,
    ScreenViewingUrl: `${signalling}/ws/connect?passcode=null&viewer_uuid=null&X-BitHub-Call-Id=${meetingId}`,
    ScreenSharingUrl: `${signalling}/v2/screen/${meetingId}`,
    EventIngestionUrl: `${http}/v1/client-events`,
  }
}

/** A meeting as answers give it. */
export const meetingAnswer = (meeting: Meeting, placement: MediaPlacement): object => ({
  MeetingId: meeting.id,
  MeetingArn: meetingArn(meeting.id),
  ...meeting.description,
  MediaPlacement: placement,
})

/** An attendee as answers give it. */
export const attendeeAnswer = ({ connected: _, ...attendee }: Attendee): object => attendee
