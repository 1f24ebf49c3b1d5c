import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/psychotherapy.ts')).psychotherapy

/** Keeps a note, and the key of the patient's notes where it is the first. */
export const psychotherapyRegister = port({
  grants: [{ table: ['get', 'put', 'check'], keys: ['PSYCHOTHERAPY#*'] }],
  load,
})

/** Reads the caller's own notes, sealed. */
export const psychotherapyNotes = port({
  grants: [
    { table: ['get'], keys: ['PSYCHOTHERAPY#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Lists the headings of the caller's own notes. */
export const psychotherapyList = port({
  grants: [
    { table: ['get', 'query'], keys: ['PSYCHOTHERAPY#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})
