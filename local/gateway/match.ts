import type { Route } from '../template/model.ts'

/** A route that a request matched, with the values of its path's variables. */
export interface Match {
  route: Route
  parameters: Record<string, string>
}

/**
 * Finds a request's route as API Gateway does: a full match before a greedy `{proxy+}` before `$default`, fixed segments
 * before variables, a named method before ANY. HEAD and OPTIONS are methods like any other; nothing answers for them.
 */
export function matchRoute(routes: Route[], method: string, path: string): Match | undefined {
  const segments = path.split('/').slice(1)
  let best: { match: Match; rank: string } | undefined
  for (const route of routes) {
    if (route.method !== 'ANY' && route.method !== method) continue
    const parameters = bind(route.path, segments)
    if (!parameters) continue
    const rank = rankOf(route)
    if (!best || rank < best.rank) best = { match: { route, parameters }, rank }
  }
  return best?.match
}

function bind(pattern: string, segments: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {}
  if (pattern === '$default') return parameters
  const parts = pattern.split('/').slice(1)
  const greedy = parts.at(-1)?.endsWith('+}') === true
  if (greedy ? segments.length < parts.length : segments.length !== parts.length) return undefined
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? ''
    if (part.endsWith('+}')) parameters[part.slice(1, -2)] = decode(segments.slice(index).join('/'))
    else if (part.startsWith('{') && segment) parameters[part.slice(1, -1)] = decode(segment)
    else if (part !== decode(segment)) return undefined
  }
  return parameters
}

/** Sorts before what it precedes: per segment 0 for fixed, 1 for a variable, 2 for a greedy one; then the method. */
function rankOf({ path, method }: Route): string {
  if (path === '$default') return '3'
  const kinds = path.split('/').map(part => (part.endsWith('+}') ? '2' : part.startsWith('{') ? '1' : '0'))
  const greedy = path.endsWith('+}') ? '1' : '0'
  return `${greedy}${kinds.join('')}${method === 'ANY' ? '1' : '0'}`
}

/** Percent-decoding that leaves malformed text as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
