import type { Client } from '../../harness/index.ts'

/** Corrects a patient's first version, or another. */
export const correct = (client: Client, patientId: string, change: object, version = 1) =>
  client.call('patients.update', {
    params: { patientId },
    body: { ...change, version, reason: 'Misheard at the desk' },
  })
