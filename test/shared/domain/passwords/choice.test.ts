import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../../../shared/domain/passwords/choice.ts'

const context = {
  practice: { name: 'Harbor Counseling', slug: 'harbor' },
  email: 'amara.okafor@nowhere.example',
  displayName: 'Dr. Amara Okafor',
}
const listed = { includes: async (password: string) => password.startsWith('listed') }

describe('a password', () => {
  it.each(['HarborHarbor123', 'harbor-counseling-1', 'Amara.Okafor.2026', 'amara okafor haven', 'Haven!Haven!Haven!'])(
    '%s is refused: it is little more than what anybody would try',
    async password => {
      expect(await refusalOf(password, context, listed)).toMatch(/tried first/)
    },
  )

  it.each([
    'quiet-harbor-morning',
    'my haven is the old oak tree',
    '123456123456123456789',
    '!!!!!!!!!!!!!!!',
    'зимний вечер у моря',
  ])('%s may be chosen, as far as it goes by names', async password => {
    expect(await refusalOf(password, context, listed)).toBeUndefined()
  })

  it('on the lists is refused, with another reason', async () => {
    expect(await refusalOf('listed password of old', context, listed)).toMatch(/lists/)
  })
})
