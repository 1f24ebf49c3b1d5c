import { expect, it } from 'vitest'
import { startScheduler } from '../../../local/events/scheduler.ts'
import type { Schedule } from '../../../local/template/model.ts'

const schedule = (name: string, expression: string, more: Partial<Schedule> = {}): Schedule => ({
  name,
  expression,
  kind: 'rule',
  arn: `arn:${name}`,
  timezone: 'UTC',
  functionName: name,
  enabled: true,
  ...more,
})

function scheduler(schedules: Schedule[], kept: Record<string, string> = {}, start = '2026-01-01T00:00:00Z') {
  let now = new Date(start)
  const ran: [string, unknown][] = []
  const running = startScheduler({
    schedules,
    now: () => now,
    checkpoint: { read: () => kept, write: value => Object.assign(kept, value) },
    async invoke(name, event) {
      ran.push([name, JSON.parse(event)])
      return { requestId: '', payload: 'null', ms: 0 }
    },
    say: () => {},
  })
  const at = async (time: string) => {
    now = new Date(time)
    await running.tick()
    return ran.splice(0)
  }
  return { ...running, at, kept }
}

it('runs each schedule when it is due, with its input or the event of EventBridge', async () => {
  const { at, stop } = scheduler([
    schedule('five', 'rate(5 minutes)', { input: '{"job":"x"}' }),
    schedule('nightly', 'cron(0 3 * * ? *)'),
    schedule('off', 'rate(1 minute)', { enabled: false }),
  ])
  expect(await at('2026-01-01T00:04:59Z')).toEqual([])
  expect(await at('2026-01-01T00:05:00Z')).toEqual([['five', { job: 'x' }]])
  expect(await at('2026-01-01T00:09:59Z')).toEqual([])
  const ran = await at('2026-01-01T03:00:00Z')
  expect(ran.map(([name]) => name)).toEqual(['five', 'nightly'])
  expect(ran[1]?.[1]).toMatchObject({
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    resources: ['arn:nightly'],
  })
  await stop()
})

it('runs a rate once that came due while nothing ran, and keeps its rhythm over a restart', async () => {
  const schedules = [schedule('hourly', 'rate(1 hour)')]
  const first = scheduler(schedules)
  await first.stop()
  const second = scheduler(schedules, first.kept, '2026-01-01T05:30:00Z')
  expect(await second.at('2026-01-01T05:30:01Z')).toHaveLength(1)
  expect(await second.at('2026-01-01T06:30:00Z')).toEqual([])
  expect(await second.at('2026-01-01T06:30:01Z')).toHaveLength(1)
  await second.stop()
})
