/** What a local clock shows at an instant. `weekday` is cron's: 1 is Sunday. */
interface Local {
  year: number
  month: number
  day: number
}

const day = 86_400_000
const units: Record<string, number> = { minute: 60_000, hour: 3_600_000, day }

/**
 * The first time after `after` at which an EventBridge expression is due: `rate(5 minutes)`, `cron(0 3 ? * MON-FRI *)` or
 * `at(2030-01-01T00:00:00)`. Undefined when it never is again. A rate counts from `after`.
 */
export function nextRun(expression: string, timezone: string, after: Date): Date | undefined {
  const [, kind, body = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? []
  if (kind === 'rate') {
    const [count, unit = ''] = body.split(/\s+/)
    const length = units[unit.replace(/s$/, '')]
    if (!length || !Number(count)) throw new Error(`Not a rate: ${expression}`)
    return new Date(after.getTime() + Number(count) * length)
  }
  if (kind === 'at') {
    const at = instant(timezone, Date.parse(`${body}Z`))
    return at > after ? at : undefined
  }
  const fields = body.split(/\s+/)
  if (kind !== 'cron' || fields.length !== 6) throw new Error(`Not a schedule: ${expression}`)
  return nextCron(fields as [string, string, string, string, string, string], timezone, after)
}

function nextCron(fields: [string, string, string, string, string, string], timezone: string, after: Date) {
  const minutes = listed(fields[0], 0, 59)
  const hours = listed(fields[1], 0, 23)
  // Some days repeat only every few years (29 February on a Monday), so look well ahead before giving up.
  const start = wallTime(timezone, after)
  for (let ahead = 0; ahead < 40 * 366; ahead++) {
    const date = new Date(Math.floor(start / day) * day + ahead * day)
    if (!isDue(fields, date)) continue
    for (const hour of hours) {
      for (const minute of minutes) {
        const at = instant(timezone, date.getTime() + hour * 3_600_000 + minute * 60_000)
        if (at > after) return at
      }
    }
  }
  return undefined
}

function isDue([, , days, months, weekdays, years]: string[], date: Date): boolean {
  const local: Local = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
  const last = new Date(Date.UTC(local.year, local.month, 0)).getUTCDate()
  if (!listed(years!, 1970, 2199).includes(local.year) || !listed(months!, 1, 12).includes(local.month)) return false
  const weekday = date.getUTCDay() + 1
  if (days === 'L') return local.day === last
  const nth = /^(\w+)#(\d)$/.exec(weekdays!)
  if (nth) return number(nth[1]!) === weekday && Math.ceil(local.day / 7) === Number(nth[2])
  const final = /^(\w+)L$/.exec(weekdays!)
  if (final) return number(final[1]!) === weekday && local.day > last - 7
  return listed(days!, 1, 31).includes(local.day) && listed(weekdays!, 1, 7).includes(weekday)
}

/** The numbers that a field of the expression names: `*`, `1,3`, `MON-FRI`, `0/15`. */
function listed(field: string, from: number, to: number): number[] {
  return field.split(',').flatMap(part => {
    const [range = '', step] = part.split('/')
    const [low, high] =
      range === '*' || range === '?' ? [from, to] : range.includes('-') ? range.split('-').map(number) : [number(range)]
    const end = high ?? (step ? to : low!)
    const result: number[] = []
    for (let value = low!; value <= end; value += Number(step ?? 1)) result.push(value)
    return result
  })
}

const names = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ')
const weekdayNames = 'SUN MON TUE WED THU FRI SAT'.split(' ')

function number(text: string): number {
  const name = text.toUpperCase()
  if (names.includes(name)) return names.indexOf(name) + 1
  if (weekdayNames.includes(name)) return weekdayNames.indexOf(name) + 1
  const value = Number(text)
  if (!Number.isInteger(value)) throw new Error(`Not a field of a schedule: ${text}`)
  return value
}

/** What the zone's clock shows at an instant, written as if it were UTC. */
function wallTime(timezone: string, at: Date): number {
  const shown = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(at)
  return Date.parse(`${shown.replace(' ', 'T')}Z`)
}

/** The instant at which the zone's clock shows a time. One that a change of clocks skips moves on by an hour. */
function instant(timezone: string, wall: number): Date {
  const guess = wall - (wallTime(timezone, new Date(wall)) - wall)
  return new Date(wall - (wallTime(timezone, new Date(guess)) - guess))
}
