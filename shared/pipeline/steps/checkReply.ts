import { alarm } from '../observe.ts'
import type { Step } from '../request.ts'

/** What leaves is what the action declared: an undeclared field would be a leak, so a wrong reply is our error. */
export const checkReply: Step = {
  after: ({ internal: { state } }) => {
    const { reply } = state.action
    if (reply.status === 204) return
    const checked = reply.schema.safeParse(state.reply)
    if (!checked.success) {
      const at = checked.error.issues.map(issue => issue.path.join('.')).slice(0, 5)
      alarm('reply does not follow its schema', { action: state.actionId, fault: { name: 'ReplyError', at } })
      throw checked.error
    }
    state.reply = checked.data
  },
}
