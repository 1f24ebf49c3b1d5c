import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/coverages.ts')).coverages

/** Reads insurance. */
export const coverages = port({
  grants: [
    { table: ['get'], keys: ['COVERAGE#*'] },
    { table: ['query'], keys: ['COVERAGE#*'], index: ['gsi3'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Adds insurance. */
export const coverageRegister = port({ grants: [{ table: ['put'], keys: ['COVERAGE#*'] }], load })
