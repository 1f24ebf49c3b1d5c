import { beforeAll, describe, expect, it } from 'vitest'
import { idsAt } from '../../../shared/kernel/random.ts'
import type { Device } from '../../../shared/schema/identity.ts'
import { deviceEntity } from '../../../shared/store/devices.ts'
import { plus } from '../../harness/clock.ts'
import { deviceOf } from '../../harness/identity.ts'
import { newPractice, plant, type TestPractice, work } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { left, removedBy, sweep } from './sweep.ts'

describe('the cleanup of devices, every day', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  let template: Device
  /** Devices of a patient, all in the index's partition that `last` leads to. */
  const trusted = async (count: number, expiresAt: string, last = 'A') => {
    template ??= (await deviceOf(practice.users.patient)).device
    const now = new Date().toJSON()
    const items = Array.from({ length: count }, () => {
      const deviceId = idsAt(now)('dev').replace(/.$/, last) as Device['deviceId']
      return deviceEntity.create({ ...template, deviceId, expiresAt }).request.Item as { pk: string; sk: string }
    })
    await Promise.all(items.map(item => plant(item)))
    return items.map(({ pk, sk }) => ({ pk, sk }))
  }
  const past = '2020-01-01T00:00:00.000Z'
  const run = (remaining?: number) => sweep('clean-devices', 'DevicesRemoved', remaining)

  it('removes what is trusted no more, in every partition of the index, and leaves the rest', async () => {
    const now = new Date().toJSON()
    const over = (await Promise.all([...'ABCD'].map(first => trusted(2, past, first)))).flat()
    const justOver = await trusted(1, plus(now, -1_000))
    const alive = await trusted(2, plus(now, 60_000))
    expect(await run()).toBeGreaterThanOrEqual(9)
    expect([await left(over), await left(justOver), await left(alive)]).toEqual([0, 0, 2])
  })

  it('compares the deadline at the item itself, whatever the index says', async () => {
    // In a partition of its own: it stays, and would take a place on the pages that the tests below count.
    const [key] = await trusted(1, '2099-01-01T00:00:00.000Z', 'C')
    const item = { ...key, expiresAt: '2099-01-01T00:00:00.000Z', gsi2pk: 'DEVICE#EXPIRES#3', gsi2sk: past }
    await plant(item)
    await run()
    expect(await left(key ? [key] : [])).toBe(1)
  })

  it('goes through as many pages as there are, and finds nothing the second time', async () => {
    const keys = await trusted(230, past)
    expect(await run()).toBeGreaterThanOrEqual(230)
    expect(await left(keys)).toBe(0)
    expect(await run()).toBe(0)
  })

  it('stops between two pages when its time is short, and goes on in the next run', async () => {
    const keys = await trusted(230, past)
    await run(5_500)
    expect(await left(keys)).toBe(130)
    await run()
    expect(await left(keys)).toBe(0)
  })

  it('counts a device once when two runs meet', async () => {
    const keys = await trusted(150, past)
    const output = await outputOf(() =>
      Promise.all([work('maintenance.clean-devices', {}), work('maintenance.clean-devices', {})]),
    )
    expect(removedBy(output, 'clean-devices', 'DevicesRemoved')).toBe(150)
    expect(await left(keys)).toBe(0)
  })
})
