import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { forgetSecret } from '../../../shared/adapters/secrets.ts'
import { readVersions } from '../../../shared/domain/secretVersions.ts'
import { work } from '../../harness/index.ts'
import { steps, turnable } from '../../harness/rotation.ts'

const first = 'the secret of keys as it was generated'

describe('the rotation of the secret that wraps the keys of records', () => {
  let secret: Awaited<ReturnType<typeof turnable>>
  const { SECRET_RECORD_KEYS } = process.env

  beforeEach(async () => {
    secret = await turnable('record-keys', 'maintenance.rotate-record-keys', first)
  })
  afterAll(() => {
    Object.assign(process.env, { SECRET_RECORD_KEYS })
    forgetSecret('record-keys')
  })

  it('keeps every value, and puts another before them', async () => {
    await secret.turn()
    await secret.turn()
    const { before, value } = readVersions(await secret.value())
    expect(before.map(each => each.value).at(-1)).toBe(first)
    expect([before.length, new Set([value, ...before.map(each => each.value)]).size]).toEqual([2, 3])
  })

  it('is the same when each step is done twice, and leaves the value in force until the last', async () => {
    const { step } = await secret.begin()
    for (const each of steps) {
      expect(await secret.value()).toBe(first)
      await step(each)
      await step(each)
    }
    expect(readVersions(await secret.value()).before).toHaveLength(1)
  })

  it('refuses a version that has lost a value, and one that nobody has asked for', async () => {
    const { version, step } = await secret.begin()
    await secret.put(version, JSON.stringify({ id: 'other', value: 'another value', before: [] }))
    await expect(step('testSecret')).rejects.toThrow()
    const unasked = { Step: 'createSecret', ClientRequestToken: randomUUID() }
    await expect(work('maintenance.rotate-record-keys', unasked)).rejects.toThrow('conflict')
    expect(await secret.value()).toBe(first)
  })
})
