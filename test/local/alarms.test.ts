import { describe, expect, it } from 'vitest'
import { type Page, startAlarms } from '../../local/cloud/alarms.ts'
import type { Model } from '../../local/template/model.ts'

const alarm = (id: string, change: object = {}) => ({
  id,
  type: 'AWS::CloudWatch::Alarm',
  stack: { name: 'S' },
  properties: {
    AlarmDescription: 'what it means',
    Namespace: 'Ours',
    MetricName: 'Lost',
    Dimensions: [{ Name: 'service', Value: 'x' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 3,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    AlarmActions: ['topic'],
    ...change,
  },
})

const line = (amount: number, more: object = { service: 'x' }, dimensions = [['service']]) =>
  JSON.stringify({
    _aws: { CloudWatchMetrics: [{ Namespace: 'Ours', Dimensions: dimensions, Metrics: [{ Name: 'Lost' }] }] },
    ...more,
    Lost: amount,
  })

function watching(...resources: object[]) {
  const pages: Page[] = []
  const clock = { now: 600_000 }
  const model = { ofType: (type: string) => resources.filter(one => (one as { type: string }).type === type) }
  const alarms = startAlarms(
    () => model as unknown as Model,
    page => pages.push(page),
    () => clock.now,
  )
  return { alarms, clock, told: () => pages.map(({ subject }) => subject), pages }
}

describe('an alarm of the templates', () => {
  it('goes off once when its sum is reached, and is over after a period without it', () => {
    const { alarms, clock, told } = watching(alarm('Lost'))
    for (const amount of [1, 1]) alarms.hear(line(amount))
    expect(told()).toEqual([])
    for (const amount of [1, 5, 5]) alarms.hear(line(amount))
    expect(told()).toEqual(['ALARM: S-Lost'])
    clock.now += 60_000
    alarms.tick()
    expect(told()).toHaveLength(1)
    clock.now += 60_000
    alarms.tick()
    expect(told()).toEqual(['ALARM: S-Lost', 'OK: S-Lost'])
    alarms.hear(line(3))
    expect(told()).toHaveLength(3)
  })

  it('counts each period anew', () => {
    const { alarms, clock, told } = watching(alarm('Lost'))
    for (let minute = 0; minute < 4; minute++) {
      alarms.hear(line(2))
      clock.now += 60_000
    }
    expect(told()).toEqual([])
  })

  it('counts no other metric, and the same of another dimension neither', () => {
    const { alarms, told } = watching(alarm('Lost'))
    alarms.hear(line(9, { service: 'y' }))
    alarms.hear(line(9, { service: 'x', action: 'a' }, [['service', 'action']]))
    alarms.hear('{"Lost":9}')
    expect(told()).toEqual([])
  })

  it('writes to the topic’s addresses, and to the operator of this machine where there are none', () => {
    const subscription = { type: 'AWS::SNS::Subscription', properties: { Protocol: 'email', Endpoint: 'a@b.example' } }
    for (const [resources, to] of [
      [[alarm('Lost')], ['operator@localhost']],
      [[alarm('Lost'), subscription], ['a@b.example']],
    ] as const) {
      const { alarms, pages } = watching(...resources)
      alarms.hear(line(3))
      expect(pages).toMatchObject([{ to, text: 'what it means' }])
    }
  })

  it.each([
    ['of AWS’s own metrics', { Namespace: 'AWS/Lambda' }],
    ['that tells nobody', { AlarmActions: [] }],
    ['of several periods', { EvaluationPeriods: 3 }],
    ['of an average', { Statistic: 'Average' }],
    ['of what is missing', { ComparisonOperator: 'LessThanThreshold' }],
  ])('%s is left to the cloud', (_, change) => {
    const { alarms, told } = watching(alarm('Lost', change))
    alarms.hear(line(9))
    expect(told()).toEqual([])
  })
})
