import type { Binding } from '../kernel/port.ts'
import type { PracticeId } from '../schema/ids.ts'
import { Practice, type SignInPolicy } from '../schema/practices.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page, queryItems } from './read.ts'

export const practiceEntity = entity<Practice>({
  name: 'Organization',
  schema: Practice,
  id: practice => practice.practiceId,
  keys: practice => ({ ...practiceKey(practice.practiceId), gsi1pk: 'PRACTICE#ALL', gsi1sk: practice.practiceId }),
})

const practiceKey = (practiceId: PracticeId) => ({ pk: `PRACTICE#${practiceId}`, sk: 'PRACTICE' })

/** The caller's own practice. */
export const practices = (binding: Binding) => ({
  async mine(): Promise<Practice> {
    const practice = await this.find()
    if (!practice) throw new Error('a practice that has users is missing')
    return practice
  },

  /** The practice of whoever is not signed in yet, as their own ticket or user names it. */
  async of({ practiceId }: { practiceId: PracticeId }): Promise<Practice> {
    const item = await getItem(practiceKey(practiceId), binding)
    if (!item) throw new Error('a practice that has users is missing')
    return practiceEntity.parse(item)
  },

  /** From now on people sign in by this policy. */
  setSignIn: (practice: Practice, signIn: SignInPolicy) =>
    practiceEntity.replace(practice, { signIn, updatedAt: binding.now }),

  /** All practices, for what is done for each of them. */
  async all(cursor?: string): Promise<Page<Practice>> {
    const page = await queryItems({ index: 'gsi1', pk: 'PRACTICE#ALL', limit: 100, cursor }, binding)
    return { ...page, items: page.items.map(practiceEntity.parse) }
  },

  async find(): Promise<Practice | undefined> {
    const item = await getItem(practiceKey(practiceOf(binding)), binding)
    return item && practiceEntity.parse(item)
  },
})
