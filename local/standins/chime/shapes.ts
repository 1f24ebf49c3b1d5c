import * as z from 'zod'
import { integer, text } from '../shape.ts'

/** The regions that a meeting's media may be in. */
export const mediaRegions = [
  'af-south-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-south-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
] as const

const Guid = z.string().regex(/^[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}$/)
const notReserved = (value: string) => !/^aws:/i.test(value)
const ExternalId = text(2, 64, /^[-_&@+=,(){}[\]/«».:|'"#a-zA-Z0-9À-ÿ\s]*$/).refine(
  notReserved,
  'Values that begin with aws: are reserved',
)
const Tag = z.object({ Key: text(1, 128, /^[a-zA-Z+-=._:/]+$/), Value: text(0, 256, /^[\s\w+-=.:/@]*$/) })
const Tags = z.array(Tag).max(50)
const Arn = text(1, 1024, /^arn[/:\-_.a-zA-Z0-9]+$/)
const MeetingArn = text(1, 1011, /^arn:aws:chime:[a-z0-9-]+:\d{12}:meeting\/[^/]+$/)

const Media = z.enum(['SendReceive', 'Send', 'Receive', 'None'])
const receives = (media: z.output<typeof Media>) => media === 'SendReceive' || media === 'Receive'

/** What an attendee may send and receive. To receive content one must receive video too. */
export const Capabilities = z
  .object({ Audio: Media, Video: Media, Content: Media })
  .refine(({ Video, Content }) => !receives(Content) || receives(Video), 'Content Receive needs Video Receive')
export type Capabilities = z.output<typeof Capabilities>

/**
 * What a meeting offers. Full-HD video and ultra-HD content are for 25 attendees at most, and the count must be said.
 */
export const MeetingFeatures = z
  .object({
    Audio: z.object({ EchoReduction: z.enum(['AVAILABLE', 'UNAVAILABLE']).optional() }).optional(),
    Video: z.object({ MaxResolution: z.enum(['None', 'HD', 'FHD']).optional() }).optional(),
    Content: z.object({ MaxResolution: z.enum(['None', 'FHD', 'UHD']).optional() }).optional(),
    Attendee: z.object({ MaxCount: integer(1, 250).optional() }).optional(),
  })
  .refine(
    ({ Video, Content, Attendee }) =>
      (Video?.MaxResolution !== 'FHD' && Content?.MaxResolution !== 'UHD') || (Attendee?.MaxCount ?? 251) <= 25,
    'FHD video and UHD content need Attendee.MaxCount of at most 25',
  )
export type MeetingFeatures = z.output<typeof MeetingFeatures>

const Invited = z.object({ ExternalUserId: ExternalId, Capabilities: Capabilities.optional() })
export type Invited = z.output<typeof Invited>

export const CreateMeeting = z.object({
  ClientRequestToken: text(2, 64, /^[-_a-zA-Z0-9]*$/),
  MediaRegion: z.enum(mediaRegions),
  MeetingHostId: ExternalId.optional(),
  ExternalMeetingId: ExternalId,
  NotificationsConfiguration: z
    .object({ LambdaFunctionArn: Arn.optional(), SnsTopicArn: Arn.optional(), SqsQueueArn: Arn.optional() })
    .optional(),
  MeetingFeatures: MeetingFeatures.optional(),
  PrimaryMeetingId: text(2, 64).optional(),
  TenantIds: z
    .array(text(2, 256, /^(?!.*?(.)\1{3})[-_!@#$a-zA-Z0-9]*$/))
    .min(1)
    .max(5)
    .optional(),
  Tags: Tags.optional(),
  MediaPlacementNetworkType: z.enum(['Ipv4Only', 'DualStack']).optional(),
})

export const CreateMeetingWithAttendees = CreateMeeting.extend({ Attendees: z.array(Invited).min(1).max(20) })

export const OneMeeting = z.object({ MeetingId: Guid })
export const OneAttendee = z.object({ MeetingId: Guid, AttendeeId: Guid })
export const CreateAttendee = Invited.extend({ MeetingId: Guid })
export const BatchCreateAttendee = z.object({ MeetingId: Guid, Attendees: z.array(Invited).min(1).max(100) })

export const ListAttendees = z.object({
  MeetingId: Guid,
  NextToken: text(0, 4096).optional(),
  MaxResults: integer(1, 100).optional(),
})

export const UpdateCapabilities = z.object({ MeetingId: Guid, AttendeeId: Guid, Capabilities })
export const UpdateCapabilitiesExcept = z.object({
  MeetingId: Guid,
  ExcludedAttendeeIds: z
    .array(z.object({ AttendeeId: Guid }))
    .min(1)
    .max(250),
  Capabilities,
})

export const ListTags = z.object({ ResourceARN: MeetingArn })
export const TagResource = z.object({ ResourceARN: MeetingArn, Tags })
export const UntagResource = z.object({ ResourceARN: MeetingArn, TagKeys: z.array(text(1, 128)).max(50) })
