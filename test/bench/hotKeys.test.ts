import { describe, expect, it } from 'vitest'
import { hottest } from '../../bench/limits/hotKeys.ts'
import { traffic } from '../../bench/limits/traffic.ts'
import { budgets } from '../../bench/report/budgets.ts'

describe('the hottest partition at a hundred thousand users at once', () => {
  it('takes fewer writes than a partition can, whatever is written and in every index', async () => {
    expect(traffic.users).toBeGreaterThanOrEqual(100_000)
    const partitions = await hottest()
    for (const [where, entity] of [
      ['table', 'LIMIT'],
      ['table', 'GATE'],
      ['table', 'SESSION'],
      ['gsi2', 'SESSION'],
      ['table', 'AUDIT'],
      ['gsi1', 'AUDIT'],
      ['gsi2', 'AUDIT'],
      ['gsi3', 'AUDIT'],
    ]) {
      const own = partitions.filter(each => each.where === where && each.key.startsWith(`${entity}#`))
      expect(own.length, `${where} ${entity}`).toBeGreaterThan(0)
    }
    expect(partitions[0]).toMatchObject({ units: expect.any(Number) })
    expect(partitions[0]?.units, partitions[0]?.key).toBeLessThan(budgets.partitionUnits)
  }, 300_000)
})
