import { port } from '../kernel/port.ts'

/** Puts a submission into the outbox, in the transaction of the claim's own change. */
export const outbox = port({
  grants: [{ table: ['put'], keys: ['OUTBOX#*'] }],
  load: async () => (await import('../store/submissions.ts')).outbox,
})

/** Takes submissions out of the outbox, one worker at a time. */
export const outgoing = port({
  grants: [{ table: ['update', 'put', 'delete'], keys: ['OUTBOX#*'] }],
  load: async () => (await import('../store/submissions.ts')).outbox,
})

/** Finds submissions of all practices that wait for too long. */
export const waitingSubmissions = port({
  grants: [{ table: ['query'], keys: ['OUTBOX#*'], index: ['gsi2'] }],
  load: async () => {
    const { outbox, dueShards } = await import('../store/submissions.ts')
    return binding => ({ ...outbox(binding), shards: dueShards })
  },
})
