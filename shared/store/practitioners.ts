import type { Binding } from '../kernel/port.ts'
import type { PracticeId, PractitionerId } from '../schema/ids.ts'
import { Practitioner, type PractitionerDetails } from '../schema/practitioners.ts'
import { entity, exists } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page, queryItems } from './read.ts'

export const practitionerEntity = entity<Practitioner>({
  name: 'Practitioner',
  schema: Practitioner,
  id: practitioner => practitioner.practitionerId,
  keys: practitioner => practitionerKey(practitioner.practiceId, practitioner.practitionerId),
})

/** All of a practice's practitioners are one run: they are tens, not thousands, and are shown together. */
export const practitionerKey = (practiceId: PracticeId, practitionerId: PractitionerId) => ({
  pk: `PRACTITIONER#${practiceId}`,
  sk: practitionerId,
})

export const practitioners = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  return {
    register: (practitionerId: PractitionerId, details: PractitionerDetails) =>
      practitionerEntity.create({ practitionerId, practiceId, ...details, createdAt: now, updatedAt: now, version: 1 }),

    change: (practitioner: Practitioner, change: Partial<PractitionerDetails>) =>
      practitionerEntity.replace(practitioner, { ...change, updatedAt: now }),

    async find(practitionerId: PractitionerId): Promise<Practitioner | undefined> {
      const item = await getItem(practitionerKey(practiceId, practitionerId), binding)
      return item && practitionerEntity.parse(item)
    },

    /** Demands that the practitioner is of this practice, in the transaction and without a read. */
    mustExist: (practitionerId: PractitionerId) =>
      exists(practitionerKey(practiceId, practitionerId), 'practitioner-not-found'),

    async list(limit: number, cursor?: string): Promise<Page<Practitioner>> {
      const page = await queryItems({ pk: `PRACTITIONER#${practiceId}`, limit, cursor }, binding)
      return { ...page, items: page.items.map(practitionerEntity.parse) }
    },
  }
}
