import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import { accountOf, captchaFrom, delayFrom, delayMs, longestFrom, passes } from '../../shared/domain/gate.ts'
import { randomToken } from '../../shared/kernel/random.ts'
import { deviceGate } from '../../shared/store/deviceGate.ts'
import { gate } from '../../shared/store/gate.ts'
import { itemsAt, place, plant, table } from '../harness/index.ts'

void place
const signal = AbortSignal.timeout(100_000)
const noon = Date.parse('2031-06-01T12:00:00.000Z')

/** The gate at a moment. Whatever begins with `right` solves its CAPTCHA, under an id of its own. */
const at = (ms: number) =>
  gate({ now: new Date(ms).toJSON(), signal }, { check: async text => (text.startsWith('right') ? text : undefined) })
const newAccount = () => accountOf('harbor', `${randomToken()}@harbor.example`)
const right = () => `right${randomToken()}`
const bucketOf = async (account: string, bucket = '2031-06-01') =>
  (await itemsAt(`GATE#${account}`)).find(({ sk }) => sk === bucket)
const commit = (write: { kind: string; request: object }) => {
  const name = { put: 'Put', update: 'Update', delete: 'Delete' }[write.kind] ?? ''
  return table.send(new TransactWriteCommand({ TransactItems: [{ [name]: write.request }] }))
}

/** An account at which so many attempts have failed, the last one just then. */
async function failed(count: number, ms = noon) {
  const account = newAccount()
  await plant({ pk: `GATE#${account}`, sk: new Date(ms).toJSON().slice(0, 10), failures: count, lastAt: ms })
  return account
}

describe('the delay', () => {
  it('is 2, 4, 8 … 512 and then 900 seconds', () => {
    const seconds = Array.from({ length: 13 }, (_, index) => delayMs(delayFrom + index) / 1000)
    expect(seconds).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900])
    expect(delayMs(delayFrom - 1)).toBe(0)
    expect(delayMs(longestFrom)).toBe(900_000)
    expect(delayMs(longestFrom - 1)).toBeLessThan(900_000)
  })
})

describe('a stranger at the gate', () => {
  it('makes three attempts, and then needs a CAPTCHA', async () => {
    const account = newAccount()
    for (let attempt = 0; attempt < captchaFrom; attempt++) {
      expect(await at(noon).admit(account)).toMatchObject({ solved: false, bucket: '2031-06-01' })
    }
    const { refused, retryAfter } = await at(noon).admit(account)
    expect([refused, retryAfter]).toEqual(['captcha-required', undefined])
    expect((await at(noon).admit(account, { captcha: 'wrong' })).refused).toBe('captcha-required')
    expect((await at(noon).admit(account, { captcha: right() })).refused).toBeUndefined()
    expect(await bucketOf(account)).toMatchObject({ failures: 4, lastAt: noon })
  })

  it('makes three of twenty attempts at once', async () => {
    const account = newAccount()
    const attempts = await Promise.all(Array.from({ length: 20 }, () => at(noon).admit(account)))
    expect(attempts.filter(({ refused }) => !refused)).toHaveLength(captchaFrom)
    expect(await bucketOf(account)).toMatchObject({ failures: captchaFrom })
  })

  it('makes as many of twenty at once with a CAPTCHA each as are let through, and no more', async () => {
    const account = newAccount()
    const attempts = await Promise.all(
      Array.from({ length: 20 }, () =>
        at(noon)
          .admit(account, { captcha: right() })
          .catch(error => ({ refused: error.code as string })),
      ),
    )
    // Some may have met others too often and are told to come again: none passes beyond what may.
    const passed = attempts.filter(({ refused }) => !refused).length
    expect(passed).toBeGreaterThan(0)
    expect(passed).toBeLessThanOrEqual(delayFrom)
    expect(await bucketOf(account)).toMatchObject({ failures: passed })
  })

  it('uses a solution once, of twenty times at once', async () => {
    const account = await failed(captchaFrom)
    const captcha = right()
    const attempts = await Promise.all(
      Array.from({ length: 20 }, () =>
        at(noon)
          .admit(account, { captcha })
          .catch(error => ({ refused: error.code as string })),
      ),
    )
    expect(attempts.filter(({ refused }) => !refused)).toHaveLength(1)
    expect(await bucketOf(account)).toMatchObject({ failures: captchaFrom + 1 })
  })

  it.each(Array.from({ length: 11 }, (_, index) => delayFrom + index))('waits after %i failures', async count => {
    const account = await failed(count)
    const wait = delayMs(count)
    await plant({ ...(await bucketOf(account)), [`passes${Math.floor(noon / passes.windowMs)}`]: passes.most })
    const early = await at(noon + wait - 1).admit(account, count < longestFrom ? { captcha: right() } : {})
    expect([early.refused, early.retryAfter]).toEqual(['account-delayed', 1])
    const soon = await at(noon + 1).admit(account)
    expect([soon.refused, soon.retryAfter]).toEqual(['account-delayed', Math.ceil((wait - 1) / 1000)])
    expect((await at(noon + wait).admit(account)).refused).toBe('captcha-required')
    expect((await at(noon + wait).admit(account, { captcha: right() })).refused).toBeUndefined()
    expect(await bucketOf(account)).toMatchObject({ failures: count + 1, lastAt: noon + wait })
  })

  it('is let through the delay by a right CAPTCHA, four times in a quarter of an hour', async () => {
    const account = await failed(longestFrom)
    const tries = async (ms: number) => {
      const refusals: (string | undefined)[] = []
      for (let count = 0; count < 6; count++) {
        refusals.push((await at(ms).admit(account, { captcha: right() })).refused)
      }
      return refusals
    }
    const four = Array(4).fill(undefined)
    expect(await tries(noon + 1_000)).toEqual([...four, 'account-delayed', 'account-delayed'])
    expect(await tries(noon + passes.windowMs - 1)).toEqual(Array(6).fill('account-delayed'))
    expect(await tries(noon + passes.windowMs)).toEqual([...four, 'account-delayed', 'account-delayed'])
  })

  it('is never delayed before the fifth failure, also by a clock that is behind', async () => {
    const account = await failed(captchaFrom, noon + 50)
    expect((await at(noon).admit(account)).refused).toBe('captcha-required')
  })

  it('who is refused adds nothing: nobody can lengthen the delay by asking', async () => {
    const account = await failed(delayFrom)
    const before = await bucketOf(account)
    for (let count = 0; count < 10; count++) await at(noon + count).admit(account)
    expect(await bucketOf(account)).toEqual(before)
  })

  it('begins anew after a success, and the next day', async () => {
    const account = await failed(captchaFrom - 1)
    const attempt = await at(noon).admit(account)
    expect((await at(noon).admit(account)).refused).toBe('captcha-required')
    await commit(at(noon).succeeded(attempt))
    expect((await at(noon).admit(account)).refused).toBeUndefined()
    const locked = await failed(12)
    expect((await at(noon + 86_400_000).admit(locked)).refused).toBeUndefined()
  })
})

describe('a trusted device at the gate', () => {
  const device = () => randomToken()
  const trusted = async (account: string, until = noon + 86_400_000) => {
    const hash = device()
    await commit(deviceGate.trust(account, hash, new Date(until).toJSON()))
    return hash
  }

  it('is let in, whatever strangers have done to the account', async () => {
    const account = await failed(50)
    const hash = await trusted(account)
    expect((await at(noon).admit(account)).refused).toBe('account-delayed')
    const attempt = await at(noon).admit(account, { device: hash })
    expect(attempt).toEqual({ account, bucket: `DEVICE#${hash}`, solved: false })
    await commit(at(noon).succeeded(attempt))
    expect(await bucketOf(account, `DEVICE#${hash}`)).toMatchObject({ failures: 0 })
    expect((await bucketOf(account))?.failures).toBe(50)
  })

  it('has failures of its own, which are no others’', async () => {
    const account = newAccount()
    const [hash, other] = [await trusted(account), await trusted(account)]
    const attempts = await Promise.all(Array.from({ length: 20 }, () => at(noon).admit(account, { device: hash })))
    expect(attempts.filter(({ refused }) => !refused)).toHaveLength(captchaFrom)
    expect((await at(noon).admit(account, { device: hash })).refused).toBe('captcha-required')
    expect((await at(noon).admit(account, { device: hash, captcha: right() })).refused).toBeUndefined()
    expect((await at(noon).admit(account, { device: other })).refused).toBeUndefined()
    expect((await at(noon).admit(account)).refused).toBeUndefined()
  })

  it('that is made up, trusted by another account, over, or trusted no more is a stranger', async () => {
    const account = await failed(captchaFrom)
    const gone = await trusted(account)
    await commit(at(noon).distrust(account, gone))
    const over = await trusted(account, noon)
    for (const hash of [device(), await trusted(newAccount()), over, gone]) {
      for (const captcha of [undefined, 'wrong']) {
        const { refused, bucket } = await at(noon).admit(account, { device: hash, captcha })
        expect([refused, bucket]).toEqual(['captcha-required', '2031-06-01'])
      }
    }
    expect((await itemsAt(`GATE#${account}`)).map(({ sk }) => sk).sort()).toEqual(['2031-06-01', `DEVICE#${over}`])
    expect((await at(noon).admit(account, { device: device(), captcha: right() })).bucket).toBe('2031-06-01')
  })
})

describe('an account under attack', () => {
  const marksOf = async (account: string) =>
    (await Promise.all([0, 1, 2, 3].map(shard => itemsAt(`LIMITED#harbor#2031-06-01#${shard}`))))
      .flat()
      .filter(item => item.account === account)

  it('leaves one mark a day from the fifth failure on, and none before', async () => {
    const account = newAccount()
    for (let count = 1; count <= delayFrom + 3; count++) {
      const attempt = await at(noon + count * 1_000_000).admit(account, { captcha: right() })
      await at(noon + count).failed(attempt)
      expect(await marksOf(account)).toHaveLength(count < delayFrom ? 0 : 1)
    }
    const [mark] = await marksOf(account)
    expect(mark).toMatchObject({ class: 'account', kind: 'account', count: delayFrom, gsi2pk: expect.any(String) })
  })

  it('leaves none for attempts without a CAPTCHA, which are too few', async () => {
    const account = newAccount()
    for (let count = 0; count < 5; count++) {
      const attempt = await at(noon).admit(account)
      if (!attempt.refused) await at(noon).failed(attempt)
    }
    expect(await marksOf(account)).toEqual([])
  })
})
