import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/passkeys.ts')).passkeys

/** Lists the caller's own passkeys. */
export const passkeyList = port({ grants: [{ table: ['query'], keys: ['PASSKEY#*'], index: ['gsi1'] }], load })

/** Lists the caller's own passkeys and changes one. */
export const passkeyRecords = port({
  grants: [
    { table: ['query'], keys: ['PASSKEY#*'], index: ['gsi1'] },
    { table: ['put', 'delete'], keys: ['PASSKEY#*'] },
  ],
  load,
})

/** Adds a passkey. */
export const passkeyRegister = port({ grants: [{ table: ['put'], keys: ['PASSKEY#*'] }], load })

/** Finds the passkey that signed, and notes what it said. */
export const passkeyUse = port({ grants: [{ table: ['get', 'put'], keys: ['PASSKEY#*'] }], load })

/** The same for whoever is not signed in yet: finds their user too. */
export const passkeySignIn = port({
  grants: [
    { table: ['get', 'put'], keys: ['PASSKEY#*'] },
    { table: ['get', 'check'], keys: ['USER#*'] },
  ],
  load,
})
