import * as z from 'zod'
import { type Grant, port } from '../../shared/kernel/port.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { outgoing } from '../../shared/ports/outbox.ts'
import { SubmissionMessage } from '../../shared/schema/submissions.ts'

// Each line under an `@ts-expect-error` must not compile: `tsc` fails when it does.

const common = {
  summary: 'A worker that is only compiled',
  audit: { action: 'E', entity: 'Claim/{claimId}' },
  timeout: 30,
} as const

// What is right compiles.
defineWorker({
  ...common,
  source: { queue: 'claims' },
  message: SubmissionMessage,
  uses: { outgoing },
  handle: async ({ message, outgoing, commit, count }) => {
    const taken = await outgoing.take(message)
    if (taken) await commit(outgoing.done(taken))
    count('Things', message.submission)
  },
})

// Sources.
// @ts-expect-error there is no such queue
defineWorker({ ...common, source: { queue: 'letters' }, message: z.unknown(), handle: async () => {} })
// @ts-expect-error a rate has a number and a unit
defineWorker({ ...common, source: { schedule: 'rate(often)' }, message: z.unknown(), handle: async () => {} })
const removals = { stream: { entity: 'CLAIM', on: 'REMOVE' } } as const
// @ts-expect-error only inserts are told of
defineWorker({ ...common, source: removals, message: z.unknown(), handle: async () => {} })

// Messages, ports and what a worker cannot do.
defineWorker({
  ...common,
  source: { queue: 'claims' },
  message: SubmissionMessage,
  handle: async ({ message }) => {
    // @ts-expect-error a message carries ids only
    return message.bytes
  },
})
defineWorker({
  ...common,
  source: { queue: 'claims' },
  message: SubmissionMessage,
  // @ts-expect-error outgoing is not declared
  handle: async ({ outgoing }) => outgoing.take,
})
defineWorker({
  ...common,
  source: { queue: 'claims' },
  message: SubmissionMessage,
  // @ts-expect-error there is nobody to tell of a problem
  handle: async ({ fail }) => fail('claim-not-found'),
})

// Grants.
const load = async () => () => ({})
port({ grants: [{ table: ['get'], keys: ['CLAIM#*'] }], load })
// @ts-expect-error there is no scan
port({ grants: [{ table: ['scan'], keys: ['CLAIM#*'] }], load })
// @ts-expect-error a grant on every key is none
port({ grants: [{ table: ['get'], keys: ['*'] }], load })
// @ts-expect-error a key begins with its entity
port({ grants: [{ table: ['get'], keys: ['CLAIM'] }], load })
// @ts-expect-error a grant on the table names its keys
port({ grants: [{ table: ['get'] }], load })
// @ts-expect-error there is no such index
port({ grants: [{ table: ['query'], keys: ['CLAIM#*'], index: ['gsi4'] }], load })
// @ts-expect-error there is no such secret
port({ grants: [{ secret: 'master' }], load })
// @ts-expect-error a queue is only sent to
port({ grants: [{ queue: 'claims', may: ['purge'] }], load })
// @ts-expect-error there is no such right
export const wild: Grant = { any: ['*'] }
