import { port } from '../kernel/port.ts'

/** Signs access tokens. */
export const accessTokens = port({
  grants: [{ secret: 'signing' }, { setting: 'origin' }],
  load: async () => (await import('../adapters/accessTokens.ts')).accessTokens,
})

/** Finds whose secret a client shows. */
export const clients = port({
  grants: [{ table: ['get'], keys: ['APIKEY#*'] }],
  load: async () => (await import('../store/bearers.ts')).bearers,
})

/** Makes and uses up the codes that let native apps in. */
export const authorizationCodes = port({
  grants: [{ table: ['get', 'put', 'delete'], keys: ['AUTHCODE#*'] }],
  load: async () => (await import('../store/authorizationCodes.ts')).authorizationCodes,
})

/** Opens sessions of native apps and renews their refresh tokens. */
export const nativeSessions = port({
  grants: [
    { table: ['get', 'put'], keys: ['SESSION#*'] },
    { table: ['get'], keys: ['USER#*'] },
  ],
  load: async () => (await import('../store/nativeSessions.ts')).nativeSessions,
})
