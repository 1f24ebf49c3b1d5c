import { over } from '../report/budgets.ts'
import { median, round } from '../report/figures.ts'
import type { Section } from '../report/section.ts'
import type { Sample } from './recorder.ts'

/** The table of the samples: medians, but the greatest depth, because a budget is for every request and not for most. */
export function summarise(samples: readonly Sample[], authenticated: ReadonlySet<string>): Section {
  const groups = Map.groupBy(samples, ({ id, variant }) => (variant ? `${id} (${variant})` : id))
  const unit = median((groups.get('bench.get') ?? []).map(({ cpuMs }) => cpuMs))
  const missed: string[] = []
  const rows = [...groups].map(([name, group]) => {
    const middle = (of: (sample: Sample) => number) => round(median(group.map(of)))
    const sequential = Math.max(...group.map(sample => sample.sequential))
    const keyTrips = Math.max(...group.map(sample => sample.keyTrips))
    if (authenticated.has(group[0]?.id ?? '')) {
      missed.push(...over('sequential', name, sequential), ...over('keyTrips', name, keyTrips))
    }
    const cpu = median(group.map(({ cpuMs, hashMs }) => cpuMs + hashMs))
    return {
      function: name,
      sequential,
      'for keys': keyTrips,
      total: middle(({ total }) => total),
      RCU: middle(({ readUnits }) => readUnits),
      WCU: middle(({ writeUnits }) => writeUnits),
      'of them audit': middle(({ auditUnits }) => auditUnits),
      'CPU ms': round(cpu),
      '× one Get': round(cpu / unit),
      'other AWS calls': othersOf(group),
    }
  })
  rows.sort((a, b) => rank(a.function) - rank(b.function) || (a.function < b.function ? -1 : 1))
  const greatest = Math.max(...rows.map(({ sequential }) => sequential))
  return {
    title: 'Each function: trips to the table, capacity, CPU',
    rows,
    missed,
    notes: [`the longest chain, workers too: ${greatest} round trips`],
  }
}

const rank = (name: string) => (name.startsWith('bench.') ? 0 : 1)

/** The calls to other services that most requests make; what only a new environment does is not among them. */
function othersOf(group: readonly Sample[]): string {
  const counts = Map.groupBy(
    group.map(({ others }) => others.join(', ')),
    text => text,
  )
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? ''
}
