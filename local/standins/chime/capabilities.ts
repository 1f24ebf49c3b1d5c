import { Refusal } from '../refusal.ts'
import type { Capabilities, MeetingFeatures } from './shapes.ts'

/**
 * What an attendee gets without asking: everything that the meeting offers. A meeting without video but with content
 * gives Receive for video, because content cannot be received without it.
 */
export function defaultCapabilities(features: MeetingFeatures | undefined): Capabilities {
  const withoutVideo = features?.Video?.MaxResolution === 'None'
  const withoutContent = features?.Content?.MaxResolution === 'None'
  return {
    Audio: 'SendReceive',
    Video: !withoutVideo ? 'SendReceive' : withoutContent ? 'None' : 'Receive',
    Content: withoutContent ? 'None' : 'SendReceive',
  }
}

/** Refuses what the meeting does not offer. */
export function checkCapabilities(asked: Capabilities, features: MeetingFeatures | undefined): Capabilities {
  for (const kind of ['Video', 'Content'] as const) {
    if (features?.[kind]?.MaxResolution === 'None' && asked[kind] !== 'None') {
      const message = `The meeting has no ${kind}, so its capability must be None`
      throw new Refusal('BadRequestException', message)
    }
  }
  return asked
}
