import { randomUUID } from 'node:crypto'
import { account, region } from '../../aws/service.ts'
import type { Collection } from '../database.ts'

/** What happened in a meeting. `timestamp` is in milliseconds. */
export interface MeetingChange {
  version: '0'
  eventType: `chime:${string}`
  timestamp: number
  meetingId: string
  mediaRegion: string
  externalMeetingId?: string
  attendeeId?: string
  externalUserId?: string
  networkType?: 'Voip'
  transcriptionConfiguration?: string
  transcriptionRegion?: string
}

/** An event as EventBridge delivers it. */
export interface MeetingEvent {
  version: '0'
  id: string
  'detail-type': 'Chime Meeting State Change'
  source: 'aws.chime'
  account: string
  time: string
  region: string
  resources: string[]
  detail: MeetingChange
}

export type Subscriber = (event: MeetingEvent) => void | Promise<void>

/** The events of the stand-in, oldest first, and who hears of new ones. */
export interface Events {
  emit(change: Omit<MeetingChange, 'version'>): void
  list(): MeetingEvent[]
  subscribe(subscriber: Subscriber): () => void
}

/**
 * Keeps the last 1,000 events. Subscribers are called in the order of the events, once the change is on disk. They are
 * not waited for, and what they throw is logged and changes nothing: the service delivers as well as it can.
 */
export function openEvents(kept: Collection<MeetingEvent>): Events {
  const subscribers = new Set<Subscriber>()

  return {
    emit(change) {
      const event: MeetingEvent = {
        version: '0',
        id: randomUUID(),
        'detail-type': 'Chime Meeting State Change',
        source: 'aws.chime',
        account,
        time: new Date(change.timestamp).toISOString().replace(/\.\d+/, ''),
        region,
        resources: [],
        detail: { version: '0', ...change },
      }
      kept.put(event.id, event)
      const all = kept.all()
      if (all.length > 1000) kept.delete(all[0]!.id)
      for (const subscriber of subscribers) setImmediate(deliver, subscriber, event)
    },
    list: () => kept.all(),
    subscribe(subscriber) {
      subscribers.add(subscriber)
      return () => subscribers.delete(subscriber)
    },
  }
}

async function deliver(subscriber: Subscriber, event: MeetingEvent): Promise<void> {
  try {
    await subscriber(event)
  } catch (error) {
    console.error(`A subscriber of ${event.detail.eventType} failed:`, error)
  }
}
