import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/erasures.ts')).erasures

/** Notes that a patient asks to be erased. */
export const erasureRegister = port({ grants: [{ table: ['put'], keys: ['ERASURE#*'] }], load })

/** Reads a request and decides it. */
export const erasureRecord = port({ grants: [{ table: ['get', 'put'], keys: ['ERASURE#*'] }], load })

/** Lists requests, of a patient or in a status. */
export const erasureList = port({
  grants: [
    { table: ['query'], keys: ['ERASURE#*'] },
    { table: ['query'], keys: ['ERASURE#*'], index: ['gsi1'] },
  ],
  load,
})

/** Finds those that are due, and moves them on. */
export const dueErasures = port({
  grants: [
    { table: ['query'], keys: ['ERASURE#*'], index: ['gsi2'] },
    { table: ['put'], keys: ['ERASURE#*'] },
  ],
  load,
})
