import type { AuditEventId } from '../../schema/ids.ts'

/** The most different things that were met within one window of time. */
export interface Peak {
  count: number
  fromMs: number
  toMs: number
  events: AuditEventId[]
}

interface Met {
  ms: number
  what: string
  event: AuditEventId
}

const shown = 20

/**
 * A window that slides over what comes in the order of time, and remembers when it held the most different things. It holds no
 * more than what lies in it.
 */
export function slidingWindow(windowMs: number) {
  const inside: Met[] = []
  const times = new Map<string, number>()
  let peak: Peak | undefined

  return {
    meet(ms: number, what: string, event: AuditEventId): void {
      inside.push({ ms, what, event })
      times.set(what, (times.get(what) ?? 0) + 1)
      while (inside[0] && inside[0].ms <= ms - windowMs) {
        const { what: gone } = inside.shift() as Met
        const left = (times.get(gone) ?? 1) - 1
        if (left > 0) times.set(gone, left)
        else times.delete(gone)
      }
      if (times.size <= (peak?.count ?? 0)) return
      const events = inside.slice(-shown).map(({ event }) => event)
      peak = { count: times.size, fromMs: inside[0]?.ms ?? ms, toMs: ms, events }
    },
    peak: () => peak,
  }
}
