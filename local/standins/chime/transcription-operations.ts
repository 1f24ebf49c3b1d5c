import type { Need } from '../../aws/service.ts'
import { type Operation, operation } from '../operation.ts'
import type { Meeting } from './meetings.ts'
import type { ControlPlane } from './operations.ts'
import * as shapes from './shapes.ts'
import { TranscriptionConfiguration } from './transcription.ts'

/** Transcription, which the stand-in records and announces but does not do. Its permissions are on `*`. */
export function transcriptionOperations({ meetings, together }: ControlPlane): Record<string, Operation> {
  return {
    StartMeetingTranscription: operation(
      shapes.OneMeeting.extend({ TranscriptionConfiguration }),
      () => onAll('StartMeetingTranscription'),
      input =>
        together(() => {
          const meeting = meetings.get(input.MeetingId)
          const { TranscriptionConfiguration: transcription } = input
          meetings.save({ ...meeting, transcription })
          announce(meeting, 'chime:TranscriptionStarted', transcription)
          return {}
        }),
    ),

    StopMeetingTranscription: operation(
      shapes.OneMeeting,
      () => onAll('StopMeetingTranscription'),
      input =>
        together(() => {
          const { transcription, ...meeting } = meetings.get(input.MeetingId)
          meetings.save(meeting)
          if (transcription) announce(meeting, 'chime:TranscriptionStopped', transcription)
          return {}
        }),
    ),
  }

  function announce(meeting: Meeting, eventType: `chime:${string}`, transcription: TranscriptionConfiguration): void {
    const settings = transcription.EngineTranscribeSettings ?? transcription.EngineTranscribeMedicalSettings
    const named = settings?.Region
    meetings.announce(meeting, eventType, {
      externalMeetingId: meeting.description.ExternalMeetingId,
      transcriptionConfiguration: JSON.stringify(transcription),
      transcriptionRegion: named === undefined || named === 'auto' ? meeting.description.MediaRegion : named,
    })
  }
}

const onAll = (action: string): Need[] => [{ action: `chime:${action}`, resource: '*', context: {} }]
