import { port } from '../kernel/port.ts'

/**
 * All that is kept about a patient, to be read by the one worker that writes copies of records. Psychotherapy notes are not among
 * it: there is no right of access to them, and what is not granted cannot slip in.
 */
export const recordSource = port({
  grants: [
    { table: ['get', 'query'], keys: ['PATIENT#*', 'CONSENTTEXT#*', 'SUBSTANCEUSE#*'] },
    { table: ['get'], keys: ['PRACTICE#*', 'PRACTITIONER#*', 'USER#*', 'APIKEY#*'] },
    {
      table: ['query'],
      keys: ['CONSENT#*', 'AMENDMENT#*', 'DISCLOSURE#*', 'TELEHEALTH#*', 'SESSION#*', 'DEVICE#*', 'FACTOR#*'],
    },
    { table: ['query'], keys: ['COVERAGE#*', 'APPOINTMENT#*', 'CLAIM#*', 'USER#*'], index: ['gsi3'] },
    { table: ['query'], keys: ['AUDIT#*', 'PASSKEY#*', 'IDENTITY#*'], index: ['gsi1'] },
  ],
  load: async () => (await import('../store/recordSource.ts')).recordSource,
})
