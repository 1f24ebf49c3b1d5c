import type { Binding } from '../kernel/port.ts'
import type { PatientId } from '../schema/ids.ts'
import { type Patient, Restrictions } from '../schema/patients.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem } from './read.ts'

const restrictionsEntity = entity<Restrictions>({
  name: 'Restrictions',
  schema: Restrictions,
  id: ({ practiceId }) => practiceId,
  keys: ({ practiceId }) => ({ pk: `RESTRICTION#${practiceId}`, sk: 'RESTRICTION' }),
})

/** Which records of the practice are restricted. */
export const restrictions = (binding: Binding) => ({
  async mine(): Promise<Restrictions | undefined> {
    const item = await getItem({ pk: `RESTRICTION#${practiceOf(binding)}`, sk: 'RESTRICTION' }, binding)
    return item && restrictionsEntity.parse(item)
  },

  /** Takes a patient in, or out again, on the condition that the list is as it was read. */
  list(
    before: Restrictions | undefined,
    patientId: PatientId,
    { confidentiality, careTeam = [] }: Pick<Patient, 'confidentiality' | 'careTeam'>,
  ) {
    const { [patientId]: _, ...others } = before?.patients ?? {}
    const patients = {
      ...others,
      ...(confidentiality !== 'normal' && { [patientId]: { confidentiality, careTeam } }),
    } as Restrictions['patients']
    const updatedAt = binding.now
    return before
      ? restrictionsEntity.replace(before, { patients, updatedAt })
      : restrictionsEntity.create({ practiceId: practiceOf(binding), patients, updatedAt, version: 1 })
  },
})
