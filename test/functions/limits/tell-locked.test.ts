import { describe, expect, it } from 'vitest'
import sample from '../../../events/limits/tell-locked.json' with { type: 'json' }
import { type Someone, solved } from '../../harness/captcha.ts'
import { at } from '../../harness/clock.ts'
import { changeUser } from '../../harness/identity.ts'
import { call, freshAddress, itemsLike, newPractice, work } from '../../harness/index.ts'

const attack = async ({ practiceSlug: practice, email }: Someone, count = 5) => {
  for (let attempt = 0; attempt < count; attempt++) {
    const body = {
      practice,
      email,
      password: 'not-the-password',
      captcha: await solved({ practiceSlug: practice, email }),
    }
    await call('auth.login', { body, sourceIp: freshAddress() })
  }
}
const run = () => work('limits.tell-locked', sample)
const noticesOf = (practiceId: string) => itemsLike(`NOTICE#${practiceId}#`)

describe('limits.tell-locked, every five minutes', () => {
  it('tells the user of an account under attack once a day, and nobody of one that there is not', async () => {
    const own = await newPractice()
    const { admin, biller, auditor } = own.users
    await changeUser(auditor, { status: 'disabled' })
    const today = '2033-01-01T09:00:00.000Z'
    await at(today, async () => {
      await attack(admin)
      await attack(biller, 4)
      await attack(auditor)
      await attack({ practiceSlug: own.practice.slug, email: 'nobody@nowhere.example' })
      await run()
      await attack(admin, 4)
      await run()
    })
    const told = await noticesOf(own.practice.practiceId)
    expect(told).toMatchObject([{ kind: 'account-locked', userId: admin.userId, to: { email: admin.email } }])
    await at('2033-01-02T09:00:00.000Z', async () => {
      await attack(admin)
      await run()
    })
    expect(await noticesOf(own.practice.practiceId)).toHaveLength(2)
    expect((await itemsLike(`LIMITED#${own.practice.slug}#`)).filter(({ gsi2pk }) => gsi2pk)).toEqual([])
  }, 90_000)

  it('tells once when runs meet', async () => {
    const own = await newPractice()
    await attack(own.users.admin)
    await Promise.all([run(), run(), run()])
    expect(await noticesOf(own.practice.practiceId)).toHaveLength(1)
  }, 60_000)
})
