import type { Tally } from './compare.ts'

/** Hours in which a practice must have its records back. */
const mostHours = 72

interface Asked {
  /** When the drill began. */
  startedAt: string
  tallies: Tally[]
}

export interface Report extends Tally {
  hours: number
  mostHours: number
}

/** Adds up what was found, tells it as metrics, and fails when the copy would not do. */
export async function handler({ startedAt, tallies }: Asked): Promise<Report> {
  const hours = Math.round((Date.now() - Date.parse(startedAt)) / 36_000) / 100
  const sum = (field: keyof Tally) => tallies.reduce((all, tally) => all + tally[field], 0)
  const report = {
    copied: sum('copied'),
    live: sum('live'),
    same: sum('same'),
    changed: sum('changed'),
    gone: sum('gone'),
    wrong: sum('wrong'),
    lost: sum('lost'),
    hours,
    mostHours,
  }
  process.stdout.write(`${JSON.stringify({ ...metrics, ...report, service: 'haven', action: 'drill' })}\n`)
  if (report.copied === 0) throw new Error('the copy is empty')
  if (report.wrong + report.lost > 0)
    throw new Error(`of the copy ${report.wrong} items are wrong and ${report.lost} lost`)
  if (hours > mostHours) throw new Error(`the restore took ${hours} hours of ${mostHours}`)
  return report
}

/** CloudWatch takes these fields of the line as metrics. */
const metrics = {
  _aws: {
    Timestamp: Date.now(),
    CloudWatchMetrics: [
      {
        Namespace: 'Haven',
        Dimensions: [['service', 'action']],
        Metrics: ['hours', 'copied', 'wrong', 'lost'].map(Name => ({ Name })),
      },
    ],
  },
}
