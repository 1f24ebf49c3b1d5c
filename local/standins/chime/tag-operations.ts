import type { Need } from '../../aws/service.ts'
import { type Operation, operation } from '../operation.ts'
import { Refusal } from '../refusal.ts'
import { type Meeting, meetingArn } from './meetings.ts'
import type { ControlPlane } from './operations.ts'
import * as shapes from './shapes.ts'

/** Tags of meetings. */
export function tagOperations({ meetings }: ControlPlane): Record<string, Operation> {
  const tagged = (arn: string): Meeting => {
    const meeting = meetings.all().find(({ id }) => meetingArn(id) === arn)
    if (meeting) return meeting
    throw new Refusal('ResourceNotFoundException', `Resource ${arn} not found`, 404, { ResourceName: arn })
  }

  return {
    ListTagsForResource: operation(
      shapes.ListTags,
      input => onArn('ListTagsForResource', input),
      input => ({ Tags: tagged(input.ResourceARN).tags }),
    ),

    TagResource: operation(
      shapes.TagResource,
      input => onArn('TagResource', input),
      input => {
        const meeting = tagged(input.ResourceARN)
        const added = new Set(input.Tags.map(tag => tag.Key))
        const tags = [...meeting.tags.filter(tag => !added.has(tag.Key)), ...input.Tags]
        if (tags.length > 50) {
          const members = { ResourceName: input.ResourceARN }
          throw new Refusal('TooManyTagsException', 'A meeting has at most 50 tags', 400, members)
        }
        meetings.save({ ...meeting, tags })
        return undefined
      },
    ),

    UntagResource: operation(
      shapes.UntagResource,
      input => onArn('UntagResource', input),
      input => {
        const meeting = tagged(input.ResourceARN)
        meetings.save({ ...meeting, tags: meeting.tags.filter(tag => !input.TagKeys.includes(tag.Key)) })
        return undefined
      },
    ),
  }
}

const onArn = (action: string, { ResourceARN }: { ResourceARN: string }): Need[] => [
  { action: `chime:${action}`, resource: ResourceARN, context: {} },
]
