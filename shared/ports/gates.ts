import { type Action, acceptsBearer, isPaged } from '../kernel/action.ts'
import { needsRecordKeys, port, type Uses } from '../kernel/port.ts'
import type { Worker } from '../kernel/worker.ts'

// `@__PURE__` lets the bundler leave out what a function does not name, with all that it could load.

/** Appends to the audit trail, and commits changes with it. Put is all it may do: no record is ever changed or removed. */
export const journal = /* @__PURE__ */ port({
  grants: [{ table: ['put'], keys: ['AUDIT#*'] }],
  load: async () => (await import('../store/journal.ts')).journal,
})

/** Counts requests, by the quotas that a practice has set, and leaves a mark where a limit is crossed. */
export const limits = /* @__PURE__ */ port({
  grants: [
    { table: ['update'], keys: ['LIMIT#*'] },
    { table: ['get'], keys: ['QUOTA#*'] },
    { table: ['put'], keys: ['LIMITED#*'] },
  ],
  load: async () => (await import('../store/limits.ts')).limits,
})

/** Tells a user that a token of theirs was stolen. */
export const notices = /* @__PURE__ */ port({
  grants: [{ table: ['put'], keys: ['NOTICE#*'] }],
  load: async () => (await import('../store/notices.ts')).notices,
})

/** Reads the caller's session and user, moves the idle deadline, and ends a sign-in whose old token comes back. */
export const sessions = /* @__PURE__ */ port({
  grants: [
    { table: ['get', 'query', 'update', 'delete'], keys: ['SESSION#*'] },
    { table: ['get'], keys: ['USER#*'] },
  ],
  load: async () => (await import('../store/sessions.ts')).sessions,
})

/** Tells a client's address from that of the edge. */
export const origin = /* @__PURE__ */ port({
  grants: [{ secret: 'origin' }],
  load: async () => (await import('../adapters/origin.ts')).origin,
})

/** Reads whose an API key or an access token is, beside what `sessions` reads, and notes that a key was used. */
export const bearers = /* @__PURE__ */ port({
  grants: [
    { table: ['get', 'update'], keys: ['APIKEY#*'] },
    { table: ['get'], keys: ['JWK#*'] },
    { setting: 'origin' },
  ],
  load: async () => (await import('../store/bearers.ts')).bearers,
})

/** Seals the cursors of a list. */
export const cursors = /* @__PURE__ */ port({
  grants: [{ secret: 'cursors' }],
  load: async () => (await import('../adapters/cursors.ts')).cursors,
})

/** Opens the records of patients, and seals them, for whatever reads or writes them. */
export const recordKeys = /* @__PURE__ */ port({
  grants: [{ recordKeys: ['read'] }, { secret: 'record-keys' }],
  load: async () => {
    const [{ wrapWith }, secrets] = [await import('../store/sealing.ts'), await import('../adapters/secrets.ts')]
    wrapWith({ read: () => secrets.secret('record-keys'), forget: () => secrets.forgetSecret('record-keys') })
    return () => ({})
  },
})

/**
 * The ports that the pipeline itself needs to serve an action: part of its grants like those it names. A bundle imports
 * only these, by name, so that a function which needs none carries no SDK.
 */
export const gatesOf = (action: Action, edge: 'none' | 'cloudfront' = 'none'): Uses => ({
  ...((action.audit || action.allow !== 'anyone') && { journal }),
  ...(action.limit !== 'none' && { limits }),
  ...(action.limit !== 'none' && edge !== 'none' && { origin }),
  ...(action.allow !== 'anyone' && { notices, sessions }),
  ...(acceptsBearer(action) && { bearers }),
  ...(isPaged(action) && { cursors }),
  ...(needsRecordKeys(action.uses) && { recordKeys }),
})

/** What a worker's pipeline needs. */
export const workerGates = ({ uses }: Pick<Worker, 'uses'>): Uses => ({
  journal,
  ...(needsRecordKeys(uses) && { recordKeys }),
})
