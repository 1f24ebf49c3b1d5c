import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/telehealth.ts')).telehealth

/** Reads a session and who is in it. */
export const rooms = port({
  grants: [
    { table: ['query'], keys: ['TELEHEALTH#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Reads and changes sessions and their participants. */
export const telehealth = port({
  grants: [
    { table: ['query', 'put', 'update'], keys: ['TELEHEALTH#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Keeps the session of an appointment in step with it. */
export const telehealthPlan = port({ grants: [{ table: ['update'], keys: ['TELEHEALTH#*'] }], load })
