import { port } from '../kernel/port.ts'

/** Tells a user what happened, in the transaction in which it happens. */
export const notices = port({
  grants: [{ table: ['put'], keys: ['NOTICE#*'] }],
  load: async () => (await import('../store/notices.ts')).notices,
})

/** Takes notices for delivery, one at a time, and notes how it went. */
export const noticeDelivery = port({
  grants: [{ table: ['update', 'put'], keys: ['NOTICE#*'] }],
  load: async () => (await import('../store/notices.ts')).notices,
})

/** Finds notices of all practices that are still to be delivered. */
export const dueNotices = port({
  grants: [{ table: ['query'], keys: ['NOTICE#*'], index: ['gsi2'] }],
  load: async () => {
    const { notices, noticeShards } = await import('../store/notices.ts')
    return binding => ({ ...notices(binding), shards: noticeShards })
  },
})
