import { vi } from 'vitest'

/** Does something at another moment, where the clock stands still. Only its face is moved: timers and sockets run as ever. */
export async function at<T>(moment: string | number, work: () => Promise<T>): Promise<T> {
  const outer = vi.isFakeTimers() ? Date.now() : undefined
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(moment) })
  try {
    return await work()
  } finally {
    if (outer === undefined) vi.useRealTimers()
    else vi.setSystemTime(outer)
  }
}

/** The moment so many milliseconds after another. */
export const plus = (moment: string, ms: number): string => new Date(Date.parse(moment) + ms).toJSON()
