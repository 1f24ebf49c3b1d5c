import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { traffic } from '../../bench/limits/traffic.ts'
import { measured as measuredNow } from '../../local/production.ts'
import { countsOf, measuredIn, runsAMonth } from '../../stacks/cost/counts.ts'
import { billOf, loadOf, totalOf } from '../../stacks/cost/model.ts'
import { columns } from '../../stacks/cost/page.ts'
import { costOf, prices } from '../../stacks/cost/prices.ts'
import { mustRise, quotasFor } from '../../stacks/cost/quotas.ts'
import { usage } from '../../stacks/cost/usage.ts'
import { production } from './production.ts'

const counts = countsOf(production.directory)
const measured = measuredNow()
const page = readFileSync(resolve('docs', 'cost.md'), 'utf8')

describe('a price', () => {
  it('that falls is paid by its steps', () => {
    const price = [
      { upTo: 10, price: 2 },
      { upTo: Number.POSITIVE_INFINITY, price: 1 },
    ]
    expect([0, 5, 10, 14].map(amount => costOf(amount, price))).toEqual([0, 10, 20, 24])
    expect(costOf(3, 2)).toBe(6)
  })

  it('has a date and a place where it is from', () => {
    expect(prices.asOf).toMatch(/^\d{4}-\d{2}$/)
    for (const source of prices.sources) expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//)
  })
})

describe('what is counted', () => {
  it('is what the templates hold', () => {
    const alarms = production.ofType('AWS::CloudWatch::Alarm')
    expect(counts.of['AWS::CloudWatch::Alarm']).toBe(alarms.length)
    expect(counts.alarmMetrics).toBeGreaterThan(alarms.length)
    expect(counts.firewallRules).toBe(7)
    expect(counts.throttle).toEqual({ rate: 20_000, burst: 10_000 })
    expect(counts.memory['auth.login']).toBeGreaterThanOrEqual(512)
    expect(counts.customMetrics).toBeGreaterThan(5)
  })

  it.each([
    ['rate(1 minute)', 43_800],
    ['rate(5 minutes)', 8_760],
    ['rate(1 hour)', 730],
    ['rate(1 day)', 730 / 24],
    ['cron(0 9 * * ? *)', 730 / 24],
    ['cron(0/15 * * * ? *)', 4 * 730],
    ['cron(0 6 1 * ? *)', 1],
  ])('%s runs so often in a month', (expression, runs) => {
    expect(runsAMonth(expression)).toBeCloseTo(runs, 5)
  })

  it('refuses a schedule that it cannot count', () => {
    expect(() => runsAMonth('at(2026-01-01T00:00:00)')).toThrow('another kind')
  })

  it('is what the benchmark found', () => {
    const page = [
      '| function | KB | sequential | RCU | WCU | CPU × one Get |',
      '| --- | --- | --- | --- | --- | --- |',
      '| appointments.get | 368 | 3 | 5 | 10 | 4.35 |',
    ]
    expect(measuredIn(page.join('\n'))).toEqual({ 'appointments.get': { sequential: 3, rcu: 5, wcu: 10, cpu: 4.35 } })
    for (const name of [...Object.keys(usage.mix), ...usage.signIn]) expect(measured[name], name).toBeDefined()
  })

  it('is asked by the mix of the benchmarks', () => {
    const mix = Object.entries(usage.mix).map(([name, part]) => [name.replace(/ .*/, ''), part])
    expect(mix).toEqual(Object.entries(traffic.mix).map(([name, { part }]) => [name, part]))
    expect(usage.secondsBetweenRequests).toBe(traffic.secondsBetweenRequests)
  })
})

describe('a month’s bill', () => {
  const totals = columns.map(users => totalOf(billOf(users, counts, measured)))

  it('is small when nobody comes, and grows with those who do by less than they', () => {
    const [idle = 0, few = 0, many = 0, most = 0] = totals
    expect(idle).toBeGreaterThan(0)
    expect(idle).toBeLessThan(150)
    expect(few).toBeGreaterThan(idle)
    expect(most / many).toBeGreaterThan(5)
    expect(most / many).toBeLessThan(10)
  })

  it('holds nothing that is paid by the hour: at rest, only what stands there costs', () => {
    const idle = billOf(0, counts, measured)
    const byUse = [
      'API Gateway',
      'DynamoDB, units',
      'DynamoDB, a month’s growth',
      'CloudFront',
      'CloudWatch metrics of our own',
    ]
    for (const { of, dollars } of idle.filter(line => byUse.includes(line.of))) expect(dollars, of).toBe(0)
    expect(idle.find(({ of }) => of === 'Lambda')?.dollars).toBeLessThan(5)
  })

  it('is that of the document, to a tenth: `npm run cost` writes it', () => {
    const [, ...cells] = /\| \*\*together\*\* \|(.*)\|/.exec(page)?.[0].split('|').slice(1) ?? []
    const written = cells.flatMap(cell => (cell.includes('$') ? [Number(cell.replace(/[^\d.]/g, ''))] : []))
    expect(written).toHaveLength(columns.length)
    for (const [index, sum] of written.entries()) {
      expect(sum / (totals[index] ?? 0)).toBeGreaterThan(0.9)
      expect(sum / (totals[index] ?? 0)).toBeLessThan(1.1)
    }
  })

  it('has a load that adds up', () => {
    const load = loadOf(100_000, counts, measured)
    expect(load.rate).toBe(10_000)
    expect(load.requests).toBe(10_000 * 3_600 * usage.busyHours + 100_000 * usage.daysAMonth * 2)
    expect(load.concurrency).toBeGreaterThan(100)
  })
})

describe('quotas', () => {
  const raised = (users: number) => quotasFor(users, counts, measured).filter(mustRise)

  it('hold a practice but for what the API’s own throttle asks', () => {
    expect(raised(100).map(({ quota }) => quota)).toEqual(['Throttle rate', 'Throttle burst'])
  })

  it('must be raised for 100,000 people: what one table may read and write too', () => {
    expect(raised(100_000).map(({ quota }) => quota)).toEqual(
      expect.arrayContaining(['Table-level write throughput (on demand)', 'Table-level read throughput (on demand)']),
    )
  })

  it('leave Lambda what must stay unreserved', () => {
    const [lambda] = quotasFor(0, counts, measured)
    expect(lambda?.needed).toBe(counts.reserved + 100)
  })
})
