import type { Person } from '../domain/audit/likeness.ts'
import type { Binding } from '../kernel/port.ts'
import type { ApiKeyId, PractitionerId, UserId } from '../schema/ids.ts'
import { apiKeyEntity, apiKeyKey } from './apiKeys.ts'
import { practiceOf } from './practice.ts'
import { practitionerEntity, practitionerKey } from './practitioners.ts'
import { getItems } from './read.ts'
import { userEntity, userKey } from './users.ts'

/** Those who act, by the ids that an audit record has of them. */
export const agents = (binding: Binding) => ({
  /** What people and programs are called, by their ids; of who is gone, or gave no name, nothing. At most a hundred. */
  async named(ids: readonly string[]): Promise<Map<string, { name: string }>> {
    const practiceId = practiceOf(binding)
    const known = [...new Set(ids)].filter(id => /^(usr|key)_/.test(id))
    if (known.length === 0) return new Map()
    const keys = known.map(id =>
      id.startsWith('key_') ? apiKeyKey(practiceId, id as ApiKeyId) : userKey(practiceId, id as UserId),
    )
    const items = await getItems(keys, binding)
    const names = known.map((id, index) => [id, nameOf(id, items[index])] as const)
    return new Map(names.flatMap(([id, name]) => (name ? [[id, { name }] as const] : [])))
  },

  /** What is known of members of the workforce, by which a patient can be told to be themselves or of their family. */
  async workforce(ids: readonly string[]): Promise<Map<string, Person>> {
    const practiceId = practiceOf(binding)
    const several = (keys: { pk: string; sk: string }[]) => getItems(keys, binding)
    const users = await inHundreds(ids, async part =>
      (await several(part.map(id => userKey(practiceId, id as UserId)))).flatMap(item =>
        item ? [userEntity.parse(item)] : [],
      ),
    )
    const practitionerIds = [...new Set(users.flatMap(({ practitionerId }) => practitionerId ?? []))]
    const practitioners = await inHundreds(practitionerIds, async part =>
      (await several(part.map(id => practitionerKey(practiceId, id as PractitionerId)))).flatMap(item =>
        item ? [practitionerEntity.parse(item)] : [],
      ),
    )
    const family = new Map<string, string>(
      practitioners.map(({ practitionerId, name }) => [practitionerId, name.family]),
    )
    return new Map(
      users.map(({ userId, patientId, email, phone, displayName, practitionerId }) => {
        const familyName = family.get(practitionerId ?? '') ?? displayName?.trim().split(/\s+/).at(-1)
        return [userId, { patientId, email, phone, familyName }]
      }),
    )
  },
})

async function inHundreds<T>(ids: readonly string[], read: (ids: readonly string[]) => Promise<T[]>): Promise<T[]> {
  const found: T[] = []
  for (let at = 0; at < ids.length; at += 100) found.push(...(await read(ids.slice(at, at + 100))))
  return found
}

const nameOf = (id: string, item: Record<string, unknown> | undefined): string | undefined =>
  item && (id.startsWith('key_') ? apiKeyEntity.parse(item).name : userEntity.parse(item).displayName)
