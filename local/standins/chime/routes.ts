import type { AwsCall } from '../../aws/service.ts'
import type { Route } from '../operation.ts'
import { jsonBody } from '../protocol.ts'

/** Method, path and the `operation` of the query: what tells the operations of Meetings apart. */
const table: [method: string, path: RegExp, operation: string | null, name: string][] = [
  ['POST', /^\/meetings$/, null, 'CreateMeeting'],
  ['POST', /^\/meetings$/, 'create-attendees', 'CreateMeetingWithAttendees'],
  ['GET', /^\/meetings\/(?<MeetingId>[^/]+)$/, null, 'GetMeeting'],
  ['DELETE', /^\/meetings\/(?<MeetingId>[^/]+)$/, null, 'DeleteMeeting'],
  ['POST', /^\/meetings\/(?<MeetingId>[^/]+)\/attendees$/, null, 'CreateAttendee'],
  ['POST', /^\/meetings\/(?<MeetingId>[^/]+)\/attendees$/, 'batch-create', 'BatchCreateAttendee'],
  ['GET', /^\/meetings\/(?<MeetingId>[^/]+)\/attendees$/, null, 'ListAttendees'],
  [
    'PUT',
    /^\/meetings\/(?<MeetingId>[^/]+)\/attendees\/capabilities$/,
    'batch-update-except',
    'BatchUpdateAttendeeCapabilitiesExcept',
  ],
  ['GET', /^\/meetings\/(?<MeetingId>[^/]+)\/attendees\/(?<AttendeeId>[^/]+)$/, null, 'GetAttendee'],
  ['DELETE', /^\/meetings\/(?<MeetingId>[^/]+)\/attendees\/(?<AttendeeId>[^/]+)$/, null, 'DeleteAttendee'],
  [
    'PUT',
    /^\/meetings\/(?<MeetingId>[^/]+)\/attendees\/(?<AttendeeId>[^/]+)\/capabilities$/,
    null,
    'UpdateAttendeeCapabilities',
  ],
  ['POST', /^\/meetings\/(?<MeetingId>[^/]+)\/transcription$/, 'start', 'StartMeetingTranscription'],
  ['POST', /^\/meetings\/(?<MeetingId>[^/]+)\/transcription$/, 'stop', 'StopMeetingTranscription'],
  ['GET', /^\/tags$/, null, 'ListTagsForResource'],
  ['POST', /^\/tags$/, 'tag-resource', 'TagResource'],
  ['POST', /^\/tags$/, 'untag-resource', 'UntagResource'],
]

/** Finds the operation, and gathers its input: the path's names win over the body's. */
export const chimeRoute: Route = (call: AwsCall) => {
  for (const [method, pattern, operation, name] of table) {
    const path = pattern.exec(call.path)
    if (!path || method !== call.method || operation !== call.query.get('operation')) continue
    return { name, input: { ...jsonBody(call), ...fromQuery(call.query), ...path.groups } }
  }
  return undefined
}

function fromQuery(query: URLSearchParams): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  const token = query.get('next-token')
  const results = query.get('max-results')
  const arn = query.get('arn')
  if (token !== null) input.NextToken = token
  if (results !== null) input.MaxResults = Number(results)
  if (arn !== null) input.ResourceARN = arn
  return input
}
