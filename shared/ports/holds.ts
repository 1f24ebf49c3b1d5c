import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/holds.ts')).holds

/** Places a legal hold. */
export const holdRegister = port({ grants: [{ table: ['put'], keys: ['HOLD#*'] }], load })

/** Reads the hold that stands, and releases it. */
export const standingHold = port({ grants: [{ table: ['get', 'put', 'delete'], keys: ['HOLD#*'] }], load })

/** Sees whether a hold stands. */
export const holdCheck = port({ grants: [{ table: ['get'], keys: ['HOLD#*'] }], load })

/** Reads all holds that a patient had. */
export const holdHistory = port({ grants: [{ table: ['query'], keys: ['HOLD#*'] }], load })

/** Demands that none stands, in any practice: for the worker that erases. */
export const holdsOfAnyPractice = port({
  grants: [{ table: ['get', 'check'], keys: ['HOLD#*'] }],
  load: async () => (await import('../store/holds.ts')).holdsOfAnyPractice,
})
