import { randomBytes } from 'node:crypto'
import { keyBytes, open, seal } from '../kernel/box.ts'
import type { Binding, KeyName } from '../kernel/port.ts'
import type { PatientId } from '../schema/ids.ts'
import { kmsKey } from './kms.ts'

/**
 * Envelope encryption of what is written about a patient: under a data key of that patient and class, which lies in the table
 * wrapped by the class's KMS key. Practice, patient and class are the wrapping's context and the note's id is bound to its
 * text, so neither opens in another's place; and without the wrapped key nothing of the patient's opens at all.
 */
export const envelopesOf =
  (name: KeyName) =>
  ({ practiceId, signal }: Pick<Binding, 'practiceId' | 'signal'>) => {
    const key = kmsKey(name, signal)
    if (!practiceId) throw new Error('envelopes were used outside a practice')
    const contextOf = (patientId: PatientId) => ({ practiceId, patientId, class: name })
    return {
      /** Seals a text. Where the patient has no data key yet, one is made: `wrapped` is then new and must be stored. */
      async seal(patientId: PatientId, wrapped: string | undefined, id: string, text: string) {
        const dataKey = wrapped ? await key.open(contextOf(patientId), wrapped) : randomBytes(keyBytes)
        return {
          sealed: seal(dataKey, id, text).toString('base64'),
          wrapped: wrapped ?? (await key.seal(contextOf(patientId), dataKey)),
        }
      },

      /** Throws when text, id, patient or key is not what it was sealed with. */
      async open(patientId: PatientId, wrapped: string, id: string, sealed: string): Promise<string> {
        const dataKey = await key.open(contextOf(patientId), wrapped)
        return open(dataKey, id, Buffer.from(sealed, 'base64')).toString()
      },
    }
  }

export const psychotherapyEnvelopes = envelopesOf('psychotherapy')
export const substanceUseEnvelopes = envelopesOf('substance-use')
