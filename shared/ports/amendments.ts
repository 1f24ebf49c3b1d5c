import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/amendments.ts')).amendments

/** Notes that a patient asks for an amendment. */
export const amendmentRegister = port({ grants: [{ table: ['put'], keys: ['AMENDMENT#*'] }], load })

/** Reads a request and decides it. */
export const amendmentRecord = port({
  grants: [
    { table: ['get', 'put'], keys: ['AMENDMENT#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Lists requests, of a patient or of those that are due. */
export const amendmentList = port({
  grants: [
    { table: ['query'], keys: ['AMENDMENT#*'] },
    { table: ['query'], keys: ['AMENDMENT#*'], index: ['gsi1'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})
