import type { Binding } from '../kernel/port.ts'
import type { PracticeId } from '../schema/ids.ts'
import { Practice, type SignInPolicy } from '../schema/practices.ts'
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

  /** The practice of whoever is not signed in yet, as their own ticket or user names it. */
  async of({ practiceId }: { practiceId: PracticeId }): Promise<Practice> {
    const item = await getItem(practiceKey(practiceId), binding)
    if (!item) throw new Error('a practice that has users is missing')
    return practiceEntity.parse(item)
  },

  /** From now on people sign in by this policy. */
  setSignIn: (practice: Practice, signIn: SignInPolicy) =>
    practiceEntity.replace(practice, { signIn, updatedAt: binding.now }),

  async find(): Promise<Practice | undefined> {
    const item = await getItem(practiceKey(practiceOf(binding)), binding)
    return item && practiceEntity.parse(item)
  },
})
