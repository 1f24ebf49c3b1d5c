import {
  ChimeSDKMeetingsClient,
  CreateAttendeeCommand,
  CreateMeetingCommand,
  DeleteMeetingCommand,
} from '@aws-sdk/client-chime-sdk-meetings'
import type { Binding } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import type { UserId } from '../schema/ids.ts'
import type { Meeting } from '../schema/telehealth.ts'

/** Where media flows: in the United States, where the practices and their patients are. */
const mediaRegion = 'us-east-1'

let client: ChimeSDKMeetingsClient | undefined

/** Meetings on Amazon Chime SDK. It never sees a name: meetings and attendees are known by our ids. */
export const meetings = ({ signal }: Binding) => ({
  /**
   * The meeting of a token. While it lives the same token gives the same meeting, so two who ask at once share one.
   * `externalId` comes back in the service's events.
   */
  async create(token: string, externalId: string): Promise<Meeting> {
    const { Meeting } = await call(
      chime().send(
        new CreateMeetingCommand({
          ClientRequestToken: token,
          ExternalMeetingId: externalId,
          MediaRegion: mediaRegion,
          MeetingFeatures: { Audio: { EchoReduction: 'AVAILABLE' } },
        }),
        { abortSignal: signal },
      ),
    )
    const { MeetingId = '', MediaRegion = '', MediaPlacement = {} } = Meeting ?? {}
    return { meetingId: MeetingId, mediaRegion: MediaRegion, mediaPlacement: { ...MediaPlacement } }
  },

  /** A participant's key to a meeting; nothing when the meeting is over. Asked again for the same user, it is the same one. */
  async admit(meetingId: string, userId: UserId) {
    try {
      const { Attendee } = await call(
        chime().send(new CreateAttendeeCommand({ MeetingId: meetingId, ExternalUserId: userId }), {
          abortSignal: signal,
        }),
      )
      const { AttendeeId = '', ExternalUserId = '', JoinToken = '' } = Attendee ?? {}
      return { attendeeId: AttendeeId, externalUserId: ExternalUserId, joinToken: JoinToken }
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  },

  /** Ends a meeting for everybody. One that is over already counts as ended. */
  async end(meetingId: string): Promise<void> {
    try {
      await call(chime().send(new DeleteMeetingCommand({ MeetingId: meetingId }), { abortSignal: signal }))
    } catch (error) {
      if (!isGone(error)) throw error
    }
  },
})

const chime = (): ChimeSDKMeetingsClient => {
  client ??= new ChimeSDKMeetingsClient({ maxAttempts: 3 })
  return client
}

const isGone = (error: unknown): boolean => error instanceof Error && error.name === 'NotFoundException'

async function call<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    if (/Throttl|ServiceUnavailable|ServiceFailure|TimeoutError|AbortError|LimitExceeded|ResourceLimit/.test(name)) {
      throw new Problem('unavailable', { retryAfter: 2, cause: error })
    }
    throw error
  }
}
