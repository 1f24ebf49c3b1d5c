import type { AwsService } from '../aws/service.ts'
import { meetingAnswer, placementAt } from './chime/answers.ts'
import { attendeeOperations } from './chime/attendee-operations.ts'
import { type MeetingEvent, openEvents, type Subscriber } from './chime/events.ts'
import { type Media, openMedia } from './chime/media.ts'
import { type Meeting, openMeetings } from './chime/meetings.ts'
import { type ControlPlane, meetingOperations } from './chime/operations.ts'
import { chimeRoute } from './chime/routes.ts'
import { tagOperations } from './chime/tag-operations.ts'
import { type Rate, throttle } from './chime/throttle.ts'
import { transcriptionOperations } from './chime/transcription-operations.ts'
import { openDatabase } from './database.ts'
import { type Faults, faults } from './faults.ts'
import { service } from './operation.ts'
import { restJson } from './protocol.ts'

export type { MeetingChange, MeetingEvent, Subscriber } from './chime/events.ts'
export type { Attendee, Meeting } from './chime/meetings.ts'
export type { Rate } from './chime/throttle.ts'

export interface ChimeOptions {
  now?: () => number
  /** The media server that meetings send their clients to, such as `ws://127.0.0.1:4100`; asked for each answer. */
  signalling?: () => string
  /** By default that of the service: 10 a second and 20 at once, for each operation. `false` for none. */
  throttle?: Rate | false
  /** By default that of the service: 250. */
  activeMeetings?: number
}

/** The control plane of Amazon Chime SDK Meetings on this machine. */
export interface Chime {
  service: AwsService
  faults: Faults
  media: Media
  /** The living meetings with their attendees. */
  meetings(): Meeting[]
  /** The `aws.chime` events so far, oldest first: the last 1,000. */
  events(): MeetingEvent[]
  /** Calls back with each new event, as EventBridge would a target. Returns what ends it. */
  subscribe(subscriber: Subscriber): () => void
  /** Ends the meetings whose time is over. The clock does it each second and each call does it first. */
  tick(): void
}

/**
 * Opens Chime on `<dataDir>/chime.sqlite`. It validates, throttles and ends meetings as the service does; audio and
 * video are another server's, which reports the connections to `media`.
 */
export function chime(dataDir: string, options: ChimeOptions = {}): Chime {
  const { now = Date.now, signalling = () => 'ws://127.0.0.1:9', activeMeetings = 250 } = options
  const database = openDatabase(dataDir, 'chime')
  const events = openEvents(database.collection<MeetingEvent>('events'))
  const meetings = openMeetings(database.collection<Meeting>('meetings'), events, now)
  const together = database.together
  const media = openMedia(meetings, together)
  const injected = faults()
  const admitted = throttle(options.throttle === false ? undefined : (options.throttle ?? byDefault), now)
  const tick = () => together(() => meetings.tick())
  const plane: ControlPlane = {
    meetings,
    together,
    activeMeetings,
    answerOf: meeting => meetingAnswer(meeting, placementAt(signalling(), meeting.id)),
  }
  const timer = setInterval(tick, 1000).unref()

  return {
    faults: injected,
    media,
    tick,
    meetings: () => meetings.all(),
    events: () => events.list(),
    subscribe: subscriber => events.subscribe(subscriber),
    service: service({
      names: ['chime'],
      protocol: restJson(({ type, message, members }, RequestId) => ({
        Code: type.replace(/Exception$/, ''),
        Message: message,
        RequestId,
        ...members,
      })),
      route: chimeRoute,
      operations: {
        ...meetingOperations(plane),
        ...attendeeOperations(plane),
        ...transcriptionOperations(plane),
        ...tagOperations(plane),
      },
      faults: injected,
      admit(operation) {
        admitted(operation)
        tick()
      },
      stop() {
        clearInterval(timer)
        database.close()
      },
    }),
  }
}

const byDefault: Rate = { perSecond: 10, burst: 20 }
