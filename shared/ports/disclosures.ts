import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/disclosures.ts')).disclosures

/** Notes what was disclosed, in the transaction of what disclosed it. */
export const disclosureRegister = port({ grants: [{ table: ['put'], keys: ['DISCLOSURE#*'] }], load })

/** Reads what was disclosed of a patient. */
export const disclosureList = port({
  grants: [
    { table: ['query'], keys: ['DISCLOSURE#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})
