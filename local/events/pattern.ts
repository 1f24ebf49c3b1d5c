type Json = unknown
type Rule = Record<string, Json>

/**
 * Whether an event matches a filter pattern of an event source mapping, by EventBridge's rules: every field of the pattern
 * must be in the event, with one of the values listed for it or one that a content filter takes.
 */
export function matches(pattern: object, event: Json): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return (wanted as object[]).some(option => matches(option, event))
    const value = isObject(event) ? event[field] : undefined
    if (!Array.isArray(wanted)) return isObject(value) && matches(wanted as object, value)
    const values = Array.isArray(value) ? value : [value]
    return values.some(one => wanted.some(rule => accepts(rule, one)))
  })
}

/** Whether any of the patterns matches; without patterns everything does. */
export function matchesAny(patterns: object[], event: Json): boolean {
  return patterns.length === 0 || patterns.some(pattern => matches(pattern, event))
}

function accepts(rule: Json, value: Json): boolean {
  if (!isObject(rule)) return rule === value
  const [kind = '', argument] = Object.entries(rule as Rule)[0] ?? []
  const text = typeof value === 'string' ? value : undefined
  switch (kind) {
    case 'exists':
      return (value !== undefined) === argument
    case 'prefix':
      return isObject(argument)
        ? text?.toLowerCase().startsWith(ignoringCase(argument)) === true
        : text?.startsWith(String(argument)) === true
    case 'suffix':
      return isObject(argument)
        ? text?.toLowerCase().endsWith(ignoringCase(argument)) === true
        : text?.endsWith(String(argument)) === true
    case 'equals-ignore-case':
      return text?.toLowerCase() === String(argument).toLowerCase()
    case 'wildcard':
      return (
        text !== undefined && new RegExp(`^${String(argument).split('*').map(literal).join('.*')}$`, 's').test(text)
      )
    case 'anything-but':
      if (value === undefined) return false
      return isObject(argument) ? !accepts(argument, value) : ![argument].flat().includes(value)
    case 'numeric':
      return typeof value === 'number' && inRange(argument as (string | number)[], value)
    default:
      throw new Error(`Unknown content filter: ${kind}`)
  }
}

function inRange(range: (string | number)[], value: number): boolean {
  for (let at = 0; at < range.length; at += 2) {
    const bound = Number(range[at + 1])
    const holds = {
      '=': value === bound,
      '<': value < bound,
      '<=': value <= bound,
      '>': value > bound,
      '>=': value >= bound,
    }
    if (!holds[range[at] as keyof typeof holds]) return false
  }
  return true
}

const ignoringCase = (argument: Rule) => String(argument['equals-ignore-case']).toLowerCase()
const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
