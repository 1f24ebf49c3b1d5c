import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { patientRecord } from '../../shared/ports/patients.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { Patient, PatientDetails } from '../../shared/schema/patients.ts'
import { text } from '../../shared/schema/people.ts'

const Correction = z
  .strictObject({
    ...PatientDetails.partial().shape,
    /** What the record shall say no more. */
    remove: z
      .array(z.enum(['phone', 'email']))
      .min(1)
      .max(2)
      .optional(),
    /** Of the record that was read. */
    version: z.int().min(1).max(1_000_000),
    reason: text(300),
  })
  .refine(({ version: _, reason: __, ...details }) => Object.values(details).some(value => value !== undefined), {
    error: 'give a field to correct',
    path: ['version'],
  })

/** Corrects a patient's details (GDPR art. 16). The record as it was is kept, with who corrected it, when and why. */
export default defineAction({
  summary: 'Correct a patient',
  route: 'PATCH /patients/{patientId}',
  allow: 'patient:update',
  params: z.strictObject({ patientId: PatientId }),
  body: Correction,
  reply: { status: 200, schema: Patient },
  problems: ['patient-not-found'],
  audit: { action: 'U', entity: 'Patient/{patientId}' },
  limit: 'write',
  timeout: 5,
  uses: { patientRecord },

  async handle({ params, body, actor, patientRecord, now, commit, fail }) {
    const { version, reason, remove = [], ...given } = body
    const found = await patientRecord.find(params.patientId)
    if (!found) return fail('patient-not-found')
    const gone = Object.fromEntries(remove.map(name => [name, undefined]))
    const change: Partial<PatientDetails> = { ...given, ...gone }
    // What was read is what is corrected: of another version the transaction is refused.
    const patient = { ...found, version }
    await commit(...patientRecord.correct(patient, change, { replacedBy: actor.userId ?? actor.id, reason }))
    return { ...patient, ...change, updatedAt: now, version: version + 1 }
  },
})
