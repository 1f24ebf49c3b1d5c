import { randomUUID } from 'node:crypto'
import { account, region } from '../aws/service.ts'
import type { Schedule } from '../template/model.ts'
import type { Invoke } from './batch.ts'
import type { Checkpoint } from './checkpoint.ts'
import { nextRun } from './cron.ts'

export interface SchedulerOptions {
  schedules: Schedule[]
  /** When each schedule is due, by its name and expression, in ISO 8601. It outlives the process. */
  checkpoint: Checkpoint<Record<string, string>>
  invoke: Invoke
  say(line: string): void
  now?: () => Date
}

/** A running scheduler. `tick` runs what is due; it is called every second. */
export interface Scheduler {
  tick(): Promise<void>
  upcoming(): { name: string; functionName: string; expression: string; next?: string }[]
  stop(): Promise<void>
}

/**
 * Runs scheduled functions. A rate that came due while the process was down runs once, soon after the start; a cron time
 * that passed meanwhile is gone, as EventBridge keeps no record of it.
 */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const now = options.now ?? (() => new Date())
  const known = options.checkpoint.read() ?? {}
  const due: Record<string, string> = {}
  const enabled = options.schedules.filter(schedule => schedule.enabled)
  for (const schedule of enabled) {
    const kept = schedule.expression.startsWith('rate') ? known[keyOf(schedule)] : undefined
    const next = kept ?? nextRun(schedule.expression, schedule.timezone, now())?.toISOString()
    if (next) due[keyOf(schedule)] = next
  }
  options.checkpoint.write(due)
  const running = new Set<Promise<void>>()
  const timer = setInterval(() => void tick(), 1_000)
  return {
    tick,
    upcoming: () =>
      options.schedules.map(schedule => ({
        name: schedule.name,
        functionName: schedule.functionName,
        expression: schedule.expression,
        next: due[keyOf(schedule)],
      })),
    async stop() {
      clearInterval(timer)
      await Promise.all(running)
    },
  }

  async function tick() {
    const started = enabled.flatMap(schedule => {
      const at = due[keyOf(schedule)]
      if (!at || new Date(at) > now()) return []
      const next = nextRun(schedule.expression, schedule.timezone, now())
      if (next) due[keyOf(schedule)] = next.toISOString()
      else delete due[keyOf(schedule)]
      const work: Promise<void> = run(schedule, at).finally(() => running.delete(work))
      running.add(work)
      return [work]
    })
    if (!started.length) return
    options.checkpoint.write(due)
    await Promise.all(started)
  }

  async function run(schedule: Schedule, at: string) {
    try {
      const result = await options.invoke(schedule.functionName, eventOf(schedule, at))
      if (result.functionError) options.say(`schedule ${schedule.name}: ${result.payload}`)
    } catch (cause) {
      options.say(`schedule ${schedule.name}: ${cause}`)
    }
  }
}

const keyOf = ({ name, expression }: Schedule) => `${name} ${expression}`

/** The target's own input, or the event that EventBridge sends without one. */
function eventOf({ kind, arn, input }: Schedule, at: string): string {
  const time = at.replace(/\.\d+/, '')
  if (input !== undefined) {
    return input
      .replaceAll('<aws.scheduler.scheduled-time>', time)
      .replaceAll('<aws.scheduler.schedule-arn>', arn)
      .replaceAll('<aws.scheduler.execution-id>', randomUUID())
      .replaceAll('<aws.scheduler.attempt-number>', '1')
  }
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: kind === 'rule' ? 'aws.events' : 'aws.scheduler',
    account,
    time,
    region,
    resources: [arn],
    detail: kind === 'rule' ? {} : '{}',
  })
}
