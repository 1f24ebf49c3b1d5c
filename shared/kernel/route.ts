export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** `POST /claims/{claimId}/submission`: a method and a path below `/api/v1`. */
export type Route = `${Method} /${string}`

/** The names in a route's braces. */
export type PathNames<R extends string> = R extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never

/** Every action's path starts here; another version is another prefix. */
export const apiPrefix = '/api/v1'

/** The method and the whole path of a route. */
export function splitRoute(route: Route): { method: Method; path: string } {
  const space = route.indexOf(' ')
  return { method: route.slice(0, space) as Method, path: apiPrefix + route.slice(space + 1) }
}

/** True for methods that change nothing (RFC 9110 §9.2.1): they need no proof against forged requests. */
export const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'
