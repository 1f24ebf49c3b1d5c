import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/substanceUse.ts')).substanceUse

/** Keeps a note, and the key of the patient's notes where it is the first. */
export const substanceUseRegister = port({
  grants: [{ table: ['get', 'put', 'check'], keys: ['SUBSTANCEUSE#*'] }],
  load,
})

/** Reads notes, sealed. */
export const substanceUseNotes = port({
  grants: [
    { table: ['get'], keys: ['SUBSTANCEUSE#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Lists the headings of a patient's notes, all or those of one author. */
export const substanceUseList = port({
  grants: [
    { table: ['get', 'query'], keys: ['SUBSTANCEUSE#*'] },
    { table: ['query'], keys: ['SUBSTANCEUSE#*'], index: ['gsi1'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})
