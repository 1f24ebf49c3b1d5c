import { type Grant, port } from '../kernel/port.ts'

const reads = [
  { table: ['query'], keys: ['PATIENT#*', 'CONSENT#*', 'DISCLOSURE#*', 'AMENDMENT#*', 'HOLD#*', 'ERASURE#*'] },
  { table: ['query'], keys: ['RECORDEXPORT#*'] },
  { table: ['query'], keys: ['APPOINTMENT#*', 'CLAIM#*', 'COVERAGE#*'], index: ['gsi3'] },
  { table: ['query'], keys: ['BREAKGLASS#*'], index: ['gsi1'] },
] as const satisfies Grant[]

/** Reads what is held of a patient, to say how long it must be kept. */
export const holdings = port({ grants: reads, load: async () => (await import('../store/holdings.ts')).holdings })

/**
 * Finds all that is held of a patient, and destroys it. Of the notes that have a key of their own it may delete, and may read nothing.
 */
export const erasableHoldings = port({
  grants: [
    ...reads,
    { table: ['query', 'delete'], keys: ['TELEHEALTH#*', 'OUTBOX#*', 'SESSION#*', 'FACTOR#*', 'DEVICE#*'] },
    { table: ['query'], keys: ['INTERCHANGE#*', 'USER#*'], index: ['gsi3'] },
    { table: ['query'], keys: ['PASSKEY#*', 'IDENTITY#*'], index: ['gsi1'] },
    { table: ['get', 'put'], keys: ['RESTRICTION#*'] },
    {
      table: ['delete'],
      keys: ['PATIENT#*', 'CONSENT#*', 'DISCLOSURE#*', 'AMENDMENT#*', 'HOLD#*', 'ERASURE#*', 'BREAKGLASS#*'],
    },
    { table: ['delete'], keys: ['RECORDEXPORT#*'] },
    { table: ['delete'], keys: ['APPOINTMENT#*', 'CLAIM#*', 'COVERAGE#*', 'INTERCHANGE#*'] },
    { table: ['delete'], keys: ['USER#*', 'PASSKEY#*', 'IDENTITY#*'] },
    { table: ['delete'], keys: ['PSYCHOTHERAPY#*', 'SUBSTANCEUSE#*'] },
    { recordKeys: ['destroy'] },
  ],
  load: async () => (await import('../store/holdings.ts')).holdingsOfAnyPractice,
})
