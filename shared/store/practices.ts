import type { Binding } from '../kernel/port.ts'
import type { PracticeId } from '../schema/ids.ts'
import { Practice } from '../schema/practices.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem } from './read.ts'

export const practiceEntity = entity<Practice>({
  name: 'Organization',
  schema: Practice,
  id: practice => practice.practiceId,
  keys: practice => practiceKey(practice.practiceId),
})

const practiceKey = (practiceId: PracticeId) => ({ pk: `PRACTICE#${practiceId}`, sk: 'PRACTICE' })

/** The caller's own practice. */
export const practices = (binding: Binding) => ({
  async mine(): Promise<Practice> {
    const practice = await this.find()
    if (!practice) throw new Error('a practice that has users is missing')
    return practice
  },

  async find(): Promise<Practice | undefined> {
    const item = await getItem(practiceKey(practiceOf(binding)), binding)
    return item && practiceEntity.parse(item)
  },
})
